using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Acts once when it is asked, which is in the middle of a ring, where another thread could; then lets the deadline strike.</summary>
internal sealed class InterruptingWitness(TimeProvider time, IOverrunStages stages) : IExpiryWitness
{
    public Action? OnJudge { get; set; }

    public ExpiryVerdict Verdict { get; set; } = ExpiryVerdict.Strike;

    public ExpiryVerdict Judge()
    {
        Action? interruption = OnJudge;
        OnJudge = null;
        interruption?.Invoke();
        return Verdict;
    }

    public IFlushes? Flushes { get; set; }

    public Exception? Thrown { get; private set; }

    public Overrun? PlanOverrun(bool clientIsGone) => new(time, clientIsGone ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(1), stages);

    public void NoteCallbackFailure(Exception thrown) => Thrown = thrown;

    public StallWatch? PlanWatch() => Flushes is { } flushes ? new StallWatch(time, TimeSpan.FromSeconds(5), flushes) : null;
}
