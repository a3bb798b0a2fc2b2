using System.IO.Pipelines;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Stands in front of the body of an answer and notes when something of it is flushed. What it hands out to write with is of one request alone.</summary>
/// <remarks>No server tells how much it has sent. A flush that is under way counts as progress: the server itself gives up clients that read too slowly.</remarks>
internal sealed class ResponseProgress : IHttpResponseBodyFeature, IFlushes
{
    private readonly TimeProvider _clock;
    private IHttpResponseBodyFeature? _body; // the server's
    private FlushLog? _log;
    private Stream? _stream;
    private PipeWriter? _writer;

    public ResponseProgress(TimeProvider clock) => _clock = clock;

    public bool IsAttached => _body is not null;

    public Stream Stream => _stream ??= new ProgressStream(Body.Stream, Log);

    public PipeWriter Writer => _writer ??= new ProgressWriter(Body.Writer, Log);

    public long LastAt => Volatile.Read(ref _log)?.LastAt ?? _clock.GetTimestamp();

    /// <summary>As <see cref="LastAt"/>; <see langword="null"/> before anybody has asked for what to write with.</summary>
    public long? FlushedAt => Volatile.Read(ref _log)?.LastAt;

    private IHttpResponseBodyFeature Body => _body ?? throw new InvalidOperationException("The request has ended, and its response is complete.");

    private FlushLog Log
    {
        get
        {
            FlushLog? log = Volatile.Read(ref _log);
            if (log is null)
            {
                log = new FlushLog(_clock);
                log = Interlocked.CompareExchange(ref _log, log, null) ?? log;
            }

            return log;
        }
    }

    /// <summary>Takes its place in front of the server's body.</summary>
    public void Attach(IFeatureCollection features)
    {
        _body = features.Find<IHttpResponseBodyFeature>();
        if (_body is not null)
        {
            features[typeof(IHttpResponseBodyFeature)] = this;
        }
    }

    /// <summary>Gives way again, unless somebody else took its place and stays there.</summary>
    public void Detach(IFeatureCollection features)
    {
        if (_body is not null && features.Find<IHttpResponseBodyFeature>() == this)
        {
            features[typeof(IHttpResponseBodyFeature)] = _body;
        }
    }

    /// <summary>Lets go of the request that it was for.</summary>
    public void Forget()
    {
        _body = null;
        _stream = null;
        _writer = null;
        Volatile.Write(ref _log, null);
    }

    public void DisableBuffering() => Body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => NoteAsync(Body.StartAsync, cancellationToken);

    public Task CompleteAsync()
    {
        Log.Complete();
        return Body.CompleteAsync();
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        IHttpResponseBodyFeature body = Body;
        return NoteAsync(cancellation => body.SendFileAsync(path, offset, count, cancellation), cancellationToken);
    }

    private async Task NoteAsync(Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
        FlushLog log = Log;
        log.Begin();
        try
        {
            await act(cancellation);
        }
        finally
        {
            log.End();
        }
    }
}
