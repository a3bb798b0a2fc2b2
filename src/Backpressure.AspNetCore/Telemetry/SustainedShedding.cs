using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Knows how long the server, over all policies, has been shedding without a pause.</summary>
internal sealed class SustainedShedding
{
    /// <summary>What counts as sustained.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private readonly SheddingSpell _spell = new(TimeSpan.FromSeconds(2));
    private readonly Func<TimeSpan> _now;

    public SustainedShedding(Func<TimeSpan> now) => _now = now;

    /// <summary>From the first refusal of the present spell to now; zero when the last refusal is two seconds old or there was none.</summary>
    public TimeSpan Lasted => _spell.Lasted(_now());

    /// <summary>A request was shed.</summary>
    public void Note(TimeSpan now) => _spell.Note(now);
}
