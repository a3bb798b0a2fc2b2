using System.IO.Pipelines;
using Backpressure.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Whatever writes a body is noted, and passed on as it is.</summary>
public sealed class FlushLogTests : IDisposable
{
    private static readonly byte[] Bytes = [1, 2, 3];

    private readonly FakeTimeProvider _time = new();
    private readonly FlushLog _log;
    private readonly MemoryStream _sent = new();

    public FlushLogTests() => _log = new FlushLog(_time);

    public void Dispose() => _sent.Dispose();

    public static TheoryData<string> Writes => ["Write", "WriteSpan", "WriteAsync", "BeginWrite", "WriteByte", "Flush", "FlushAsync", "CopyTo"];

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Every_way_to_write_to_a_stream_counts(string how)
    {
        using ProgressStream stream = new(_sent, _log);
        _time.Advance(TimeSpan.FromSeconds(1));

        switch (how)
        {
            case "Write": stream.Write(Bytes, 0, 3); break;
            case "WriteSpan": stream.Write(Bytes.AsSpan()); break;
            case "WriteAsync": await stream.WriteAsync(Bytes.AsMemory()); break;
            case "BeginWrite": await Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, Bytes, 0, 3, null); break;
            case "WriteByte": stream.WriteByte(1); break;
            case "Flush": stream.Flush(); break;
            case "FlushAsync": await stream.FlushAsync(); break;
            default: await new MemoryStream(Bytes).CopyToAsync(stream); break;
        }

        Assert.Equal(_time.GetTimestamp(), _log.LastAt);
        Assert.Equal(how switch { "Flush" or "FlushAsync" => [], "WriteByte" => [1], _ => Bytes }, _sent.ToArray());
    }

    [Fact]
    public async Task Flushing_a_writer_counts_and_filling_it_does_not()
    {
        Pipe pipe = new();
        ProgressWriter writer = new(pipe.Writer, _log);
        long begun = _log.LastAt;
        _time.Advance(TimeSpan.FromSeconds(1));

        Bytes.CopyTo(writer.GetMemory(3));
        writer.Advance(3);
        Assert.Equal(3, writer.UnflushedBytes);
        Assert.Equal(begun, _log.LastAt);

        await writer.FlushAsync();
        Assert.Equal(_time.GetTimestamp(), _log.LastAt);
        Assert.Equal(0, writer.UnflushedBytes);
    }

    [Fact]
    public async Task A_flush_that_is_under_way_counts_as_progress_until_it_ends()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1));
        ProgressWriter writer = new(pipe.Writer, _log);
        ValueTask<FlushResult> flush = writer.WriteAsync(Bytes);
        Assert.False(flush.IsCompleted); // nobody reads

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(_time.GetTimestamp(), _log.LastAt);

        ReadResult read = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(read.Buffer.End);
        await flush;
        long ended = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ended, _log.LastAt);
    }

    [Fact]
    public async Task What_fails_is_over_too()
    {
        Pipe pipe = new();
        await pipe.Writer.CompleteAsync();
        ProgressWriter writer = new(pipe.Writer, _log);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(Bytes));
        await _sent.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => new ProgressStream(_sent, _log).Write(Bytes, 0, 3));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await new ProgressStream(_sent, _log).WriteAsync(Bytes.AsMemory()));

        long ended = _log.LastAt;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ended, _log.LastAt);
    }

    [Fact]
    public async Task A_file_that_is_sent_counts()
    {
        FeatureCollection features = new();
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_sent));
        ResponseProgress progress = new(_time);
        progress.Attach(features);
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, Bytes);
            _time.Advance(TimeSpan.FromSeconds(1));

            await features.Get<IHttpResponseBodyFeature>()!.SendFileAsync(path, 0, null);

            Assert.Equal(_time.GetTimestamp(), progress.LastAt);
            Assert.Equal(Bytes, _sent.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void It_gives_way_when_the_handler_has_ended_and_serves_nobody_afterwards()
    {
        FeatureCollection features = new();
        StreamResponseBodyFeature body = new(_sent);
        features.Set<IHttpResponseBodyFeature>(body);
        ResponseProgress progress = new(_time);

        progress.Attach(features);
        Assert.Same(progress, features.Get<IHttpResponseBodyFeature>());
        Stream kept = progress.Stream;
        progress.Detach(features);
        progress.Forget();

        Assert.Same(body, features.Get<IHttpResponseBodyFeature>());
        Assert.Throws<InvalidOperationException>(() => progress.Stream);
        kept.Write(Bytes); // goes where it always went
        Assert.Equal(Bytes, _sent.ToArray());
    }

    [Fact]
    public void Whoever_took_its_place_and_stays_there_is_left_alone()
    {
        FeatureCollection features = new();
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_sent));
        ResponseProgress progress = new(_time);
        progress.Attach(features);
        StreamResponseBodyFeature other = new(progress.Stream);
        features.Set<IHttpResponseBodyFeature>(other);

        progress.Detach(features);

        Assert.Same(other, features.Get<IHttpResponseBodyFeature>());
    }
}
