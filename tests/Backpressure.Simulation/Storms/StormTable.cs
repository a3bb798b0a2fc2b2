using System.Globalization;
using System.Text;

namespace Backpressure.Simulation.Storms;

/// <summary>Writes what storms came to as tables for a terminal, which are Markdown as well.</summary>
internal static class StormTable
{
    public static string Write(StormResults results)
    {
        StringBuilder text = new();
        Tiers(text, results.Tiers);
        Triggers(text, results.Triggers);
        Foreign(text, results.Foreign);
        Herds(text, results.Herds);
        return text.ToString();
    }

    private static void Tiers(StringBuilder text, TierStormResult[] results)
    {
        Row(text, "The last of three tiers", "the tiers in front answer", "client", "calls", "attempts at A", "at B", "at C", "times", "of the hop to C");
        Rule(text, 9);
        foreach (TierStormResult one in results)
        {
            Row(text, Words(one.Failure), one.Relays ? "503" : "500", one.Client, Whole(one.Calls), Whole(one.AttemptsAtA), Whole(one.AttemptsAtB), Whole(one.AttemptsAtC), Times(one.Amplification), Times(one.HopAmplification));
        }

        text.Append('\n');
    }

    private static void Triggers(StringBuilder text, TriggerStormResult[] results)
    {
        Row(text, "Defence", "seeds", "recovered after, median", "99% of the seeds", "the worst", "answered in time from the 5th second on, mean", "worst seed", "best second, best seed");
        Rule(text, 8);
        foreach (IGrouping<Defence, TriggerStormResult> group in results.GroupBy(one => one.Defence))
        {
            double[] seconds = [.. group.Select(one => one.RecoverySeconds).Order()];
            Row(
                text,
                Words(group.Key),
                Whole(seconds.Length),
                Seconds(seconds[(seconds.Length - 1) / 2]),
                Seconds(seconds[(int)Math.Ceiling(0.99 * seconds.Length) - 1]),
                $"{Seconds(seconds[^1])} (seed {group.MaxBy(one => one.RecoverySeconds)!.Seed})",
                Share(group.Average(one => one.ShareFromFifthSecond)),
                Share(group.Min(one => one.ShareFromFifthSecond)),
                Share(group.Max(one => one.BestShareAfter)));
        }

        text.Append('\n');
    }

    private static void Foreign(StringBuilder text, ForeignStormResult[] results)
    {
        Row(text, "Client of others, at twice the capacity", "calls", "retries", "attempts per call", "refused", "tickets", "served of capacity", "answered of capacity", "most in flight", "highest limit");
        Rule(text, 10);
        foreach (ForeignStormResult one in results)
        {
            Row(text, one.Client, Whole(one.Calls), Whole(one.Retries), Times(one.Amplification), Whole(one.Refused), Whole(one.Tickets), Share(one.ServedShare), Share(one.AnsweredShare), Whole((long)one.PeakInFlight), Whole((long)one.PeakLimit));
        }

        text.Append('\n');
    }

    private static void Herds(StringBuilder text, HerdStormResult[] results)
    {
        Row(text, "Refused at once at 100 servers", "refused", "tickets", "came back", "from second", "to second", "busiest 100 ms", "spread evenly", "a herd");
        Rule(text, 9);
        foreach (HerdStormResult one in results)
        {
            Row(text, one.Case, Whole(one.Refused), Whole(one.Tickets), Whole(one.Returns), Tenths(one.FirstSeconds), Tenths(one.LastSeconds), Whole(one.Busiest), Whole((long)one.Even), one.IsHerd ? "yes" : "no");
        }
    }

    public static string Words(Defence defence) => defence switch
    {
        Defence.None => "none",
        Defence.Client => "client",
        Defence.Server => "server",
        _ => "server and client",
    };

    private static string Words(FailureKind kind) => kind switch
    {
        FailureKind.Refuses => "refuses",
        FailureKind.Fails => "answers 500",
        _ => "answers 503 and no more",
    };

    private static void Row(StringBuilder text, params string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void Rule(StringBuilder text, int cells) => Row(text, [.. Enumerable.Repeat("---", cells)]);

    private static string Whole(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Times(double value) => value.ToString("0.00'x'", CultureInfo.InvariantCulture);

    private static string Tenths(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("0.0%", CultureInfo.InvariantCulture);

    private static string Seconds(double value) => double.IsInfinity(value) ? "never" : value.ToString("0' s'", CultureInfo.InvariantCulture);
}
