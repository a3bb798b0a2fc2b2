using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Waits at a gate for a test: remembers what the gate answered, and how often it was completed.</summary>
internal sealed class TestWaiter(PolicyGate policy, Action<TestWaiter>? completed = null) : Waiter(policy)
{
    private int _completions; // Interlocked only

    /// <summary>What <see cref="AdmissionGate.Enqueue"/> returned.</summary>
    public Outcome Answer { get; set; }

    /// <summary>Why the gate refused it at once; <see langword="null"/> if it did not.</summary>
    public ShedReason? Refusal => Answer == Outcome.Shed ? Reason : null;

    public int Completions => Volatile.Read(ref _completions);

    public override void Complete()
    {
        completed?.Invoke(this);
        Interlocked.Increment(ref _completions); // last, for its thread may be looking at it
    }
}
