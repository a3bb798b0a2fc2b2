namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Wakes one thread at a given instant; the only thing about timers that depends on the operating system.</summary>
internal interface IAlarm : IDisposable
{
    /// <summary>The instant that never comes; arming with it disarms.</summary>
    const long Never = long.MaxValue;

    /// <summary>What does the waking, for logs and metrics.</summary>
    string Name { get; }

    /// <summary>Sets the one instant to wake at, in place of any earlier one; an instant in the past wakes at once. Callers take turns.</summary>
    void Arm(long due);

    /// <summary>Blocks its one caller until the armed instant, or less. Once that has come it does not block again before the next <see cref="Arm"/>.</summary>
    void Wait();
}
