using System.IO.Pipelines;

namespace Backpressure.AspNetCore.Http;

/// <summary>Writes the body of one answer, and notes each flush.</summary>
internal sealed class ProgressWriter(PipeWriter inner, FlushLog log) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        log.Complete();
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        log.Complete();
        return inner.CompleteAsync(exception);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        log.Begin();
        return Noted(StartFlush(cancellationToken));
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        log.Begin();
        return Noted(StartWrite(source, cancellationToken));
    }

    private ValueTask<FlushResult> StartFlush(CancellationToken cancellation)
    {
        try
        {
            return inner.FlushAsync(cancellation);
        }
        catch
        {
            log.End();
            throw;
        }
    }

    private ValueTask<FlushResult> StartWrite(ReadOnlyMemory<byte> source, CancellationToken cancellation)
    {
        try
        {
            return inner.WriteAsync(source, cancellation);
        }
        catch
        {
            log.End();
            throw;
        }
    }

    private ValueTask<FlushResult> Noted(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompleted)
        {
            return EndAsync(flush);
        }

        log.End();
        return flush;
    }

    private async ValueTask<FlushResult> EndAsync(ValueTask<FlushResult> flush) // not pooled, as in ProgressStream
    {
        try
        {
            return await flush;
        }
        finally
        {
            log.End();
        }
    }
}
