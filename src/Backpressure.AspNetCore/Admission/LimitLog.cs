using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Remembers how often a limit was moved for each reason, and the last moves.</summary>
internal sealed class LimitLog
{
    private const int Kept = 16;

    private readonly long[] _counts = new long[Enum.GetValues<LimitReason>().Length];
    private readonly LimitStep[] _steps = new LimitStep[Kept];
    private long _total;

    public void Note(LimitStep step)
    {
        _counts[(int)step.Reason]++;
        _steps[_total++ % Kept] = step;
    }

    public long[] CopyCounts() => [.. _counts];

    /// <summary>The last moves, the latest first.</summary>
    public LimitStep[] CopySteps()
    {
        LimitStep[] steps = new LimitStep[Math.Min(_total, Kept)];
        for (int back = 0; back < steps.Length; back++)
        {
            steps[back] = _steps[(_total - 1 - back) % Kept];
        }

        return steps;
    }
}
