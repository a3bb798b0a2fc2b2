using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Makes the pilots of limits.</summary>
internal static class LimitPilotFactory
{
    /// <summary>Makes the pilot of a limit; <see langword="null"/> for one that is fixed.</summary>
    public static Func<ISteered, LimitPilot>? For(LimitAlgorithm algorithm, int initial, int minimum, int maximum) =>
        algorithm == LimitAlgorithm.Fixed ? null : steered => new LimitPilot(new AdaptiveLimit(initial, minimum, maximum), steered, ProcessorMeter.OfThisProcess());
}
