using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Waits at a gate for a test: remembers what the gate answered, and how often it was completed.</summary>
internal sealed class TestWaiter : Waiter
{
    private readonly Action<TestWaiter>? _completed;
    private int _completions; // Interlocked only

    public TestWaiter(PolicyGate policy, Action<TestWaiter>? completed = null)
    {
        Policy = policy;
        _completed = completed;
    }

    /// <summary>What <see cref="AdmissionGate.Enter"/> returned.</summary>
    public Outcome Answer { get; set; }

    /// <summary>Why the gate refused it at once; <see langword="null"/> if it did not.</summary>
    public ShedReason? Refusal => Answer == Outcome.Shed ? Reason : null;

    /// <summary>Why it was shed, at once or later; <see langword="null"/> if it was not.</summary>
    public ShedReason? ShedFor => Outcome == Outcome.Shed ? Reason : null;

    public int Completions => Volatile.Read(ref _completions);

    public override void Complete()
    {
        _completed?.Invoke(this);
        Interlocked.Increment(ref _completions); // last, for its thread may be looking at it
    }
}
