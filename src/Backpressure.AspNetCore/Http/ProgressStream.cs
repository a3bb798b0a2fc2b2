namespace Backpressure.AspNetCore.Http;

/// <summary>Writes the body of one answer, and notes each write, which a server flushes.</summary>
internal sealed class ProgressStream(Stream inner, FlushLog log) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanTimeout => inner.CanTimeout;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override void Flush()
    {
        log.Begin();
        try
        {
            inner.Flush();
        }
        finally
        {
            log.End();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => NoteAsync(inner.FlushAsync, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        log.Begin();
        try
        {
            inner.Write(buffer, offset, count);
        }
        finally
        {
            log.End();
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        log.Begin();
        try
        {
            inner.Write(buffer);
        }
        finally
        {
            log.End();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        log.Begin();
        ValueTask write;
        try
        {
            write = inner.WriteAsync(buffer, cancellationToken);
        }
        catch
        {
            log.End();
            throw;
        }

        if (!write.IsCompleted)
        {
            return EndAsync(write);
        }

        log.End();
        return write;
    }

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state); // the base class would write synchronously, which servers refuse

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task NoteAsync(Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
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

    private async ValueTask EndAsync(ValueTask write) // not pooled: a handler that blocks on it, as it may on the server's own, would end the process
    {
        try
        {
            await write;
        }
        finally
        {
            log.End();
        }
    }
}
