namespace Backpressure.Simulation.Engine;

/// <summary>A process that calls servers, and tries again by rules of its own.</summary>
internal interface ICaller
{
    /// <summary>Makes a logical call.</summary>
    /// <param name="number">Its number, by which its needs are drawn.</param>
    /// <param name="course">The request in whose course it is made; <see langword="null"/> for none.</param>
    /// <param name="ended">Told once whether it succeeded, and when that was.</param>
    /// <param name="now">The time.</param>
    void Call(long number, Request? course, Action<bool, long> ended, long now);
}
