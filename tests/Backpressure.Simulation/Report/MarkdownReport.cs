using System.Globalization;
using System.Text;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Report;

/// <summary>Writes the results of a tournament as tables of a document. The same scenarios and seeds give the same text.</summary>
internal static class MarkdownReport
{
    public static string Write(ScenarioResult[] results)
    {
        StringBuilder text = new();
        string[] names = [.. results[0].Contenders.Select(one => one.Name)];
        text.Append(CultureInfo.InvariantCulture, $"{results.Length} scenarios, {results.Max(result => result.Sweeps.Length)} seed(s) each.\n\n");
        AppendRow(text, ["All scenarios", .. names]);
        AppendRow(text, [.. Enumerable.Repeat("---", names.Length + 1)]);
        AppendRow(text, ["mean share of the best goodput", .. Each(results, all => Percent(all.Average(one => one.Share)))]);
        AppendRow(text, ["worst scenario", .. Each(results, all => Percent(all.Min(one => one.Share)))]);
        AppendRow(text, ["worst single seed", .. Each(results, all => Percent(all.Min(one => one.WorstShare)))]);
        AppendRow(text, ["bars met", .. Each(results, all => $"{all.Count(one => one.MeetsBar)} of {all.Length}")]);
        text.Append("\nGoodput as a share of the best fixed limit's, and p99 over that limit's. **Bold**: the bar is met.\n\n");
        AppendRow(text, ["Scenario", "best limit", .. names]);
        AppendRow(text, [.. Enumerable.Repeat("---", names.Length + 2)]);
        foreach (ScenarioResult result in results)
        {
            AppendRow(text, [$"`{result.Scenario.Name}`{Remark(result)}", $"{result.MeanOfBest(best => best.Limit):0}", .. result.Contenders.Select(Cell)]);
        }

        foreach (string? because in results.Select(result => result.Scenario.Bar.Because).OfType<string>().Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"\nLooser bar ({string.Join(", ", results.Where(result => result.Scenario.Bar.Because == because).Select(result => $"`{result.Scenario.Name}`"))}): {because}.\n");
        }

        return text.ToString();
    }

    private static string Remark(ScenarioResult result) => result.IsUnderload ? " (room: nothing may be refused)" : "";

    private static string Cell(ContenderResult one)
    {
        string figures = $"{Percent(one.Share)} {(double.IsFinite(one.P99Ratio) ? one.P99Ratio.ToString("0.0", CultureInfo.InvariantCulture) : "–")}×";
        return one.MeetsBar ? $"**{figures}**" : figures;
    }

    private static IEnumerable<string> Each(ScenarioResult[] results, Func<ContenderResult[], string> value) =>
        results[0].Contenders.Select((_, index) => value([.. results.Select(result => result.Contenders[index])]));

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0}%");

    private static void AppendRow(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
