using Backpressure.Simulation.Pictures;

namespace Backpressure.Simulation.Storms;

/// <summary>Draws the storm after a trigger, with and without what keeps it down.</summary>
internal static class StormPicture
{
    private const ulong Seed = 1;
    private const int SecondsAfter = 30;
    private static readonly Defence[] Shown = [Defence.Both, Defence.Client, Defence.Server, Defence.None];

    public static string Draw()
    {
        TriggerStormResult[] runs = [.. Shown.Select(defence => TriggerStorm.Run(defence, SecondsAfter, Seed))];
        Line[] Lines(Func<TriggerStormResult, int[]> values) => [.. runs.Select(run => Timed(run.Defence == Defence.None ? "no limit, no budget" : StormTable.Words(run.Defence), values(run)))];
        return SvgWriter.Write(
            $"A server at 80% of its capacity has a quarter of it from second {TriggerStorm.TriggerFrom} to {TriggerStorm.TriggerTo}",
            [
                new Chart("calls answered within a second, by the second in which they began", "seconds", false, Lines(run => run.Good)),
                new Chart("attempts that reach the server, a second", "seconds", false, Lines(run => run.Attempts)),
            ]);
    }

    private static Line Timed(string name, int[] values) => new(name, [.. values.Select((_, second) => second + 0.5)], [.. values.Select(value => (double)value)]);
}
