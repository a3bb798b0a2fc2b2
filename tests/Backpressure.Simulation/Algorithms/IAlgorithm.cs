using Backpressure.AspNetCore.Admission;

namespace Backpressure.Simulation.Algorithms;

/// <summary>A concurrency limit under test: told what happens in virtual time, it says how many may run.</summary>
internal interface IAlgorithm
{
    /// <summary>How many may run now; 1 or more.</summary>
    int Limit { get; }

    /// <summary>How many the thread pool can run, as far as it looks at that: the gate takes the lower of the two. The largest value for no such bound.</summary>
    int Ceiling => int.MaxValue;

    /// <summary>When it wants to be woken; the largest value for never. Read after each call.</summary>
    TimeSpan WakeAt { get; }

    /// <summary>The limit without what is only for a look around: probes that lower or raise it for a moment.</summary>
    int SettledLimit => Limit;

    /// <summary>Who steers the gate by itself, told by that of all that happens; <see langword="null"/> for a limit that is moved from outside.</summary>
    Func<ISteered, LimitPilot>? Steer => null;

    /// <summary>A request that ran has ended.</summary>
    void Complete(in Completion completion);

    /// <summary>A request came that could not run at once.</summary>
    /// <param name="now">The time.</param>
    /// <param name="inFlight">How many run.</param>
    /// <param name="isShed">Whether it was refused; otherwise it waits, and may be refused later, which is told by another call.</param>
    void Hold(TimeSpan now, int inFlight, bool isShed);

    /// <summary>The time that it asked for has come.</summary>
    void Wake(TimeSpan now, in ServerReading reading);
}
