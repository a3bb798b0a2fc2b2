using System.Text;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Report;

/// <summary>Writes the results of a tournament as tables for people.</summary>
internal static class TableReport
{
    public static string Write(ScenarioResult[] results, Speed speed)
    {
        StringBuilder text = new();
        foreach (ScenarioResult result in results)
        {
            Append(text, result);
        }

        if (results.Length > 1)
        {
            AppendSummary(text, results);
        }

        double seconds = Math.Max(speed.ProcessorTime.TotalSeconds, 1e-3);
        text.AppendLine($"{speed.Calls:N0} requests and {speed.Events:N0} events in {seconds:N1} s of processor time: {speed.Calls / seconds:N0} requests and {speed.Events / seconds:N0} events per second and core.");
        return text.ToString();
    }

    private static void Append(StringBuilder text, ScenarioResult result)
    {
        Bar bar = result.Scenario.Bar;
        string[] limits = [.. result.Sweeps.Select(sweep => sweep.Best.Limit.ToString()).Distinct()];
        text.AppendLine($"{result.Scenario.Name}: offered {result.Scenario.OfferedShare:0.##} of capacity at the worst, {result.Sweeps.Length} seed(s){(result.IsUnderload ? ", underload: nothing may be refused" : "")}");
        text.AppendLine($"  bar: goodput {bar.GoodputShare:P0} of the best, p99 {bar.P99Ratio:0.0#}x{(bar.Because is null ? "" : $", because {bar.Because}")}");
        text.AppendLine($"  best fixed limit {string.Join(", ", limits)}: {result.MeanOfBest(best => best.Result.GoodputPerSecond):0.#}/s, p99 {result.MeanOfBest(best => best.Result.P99Ms):0.#} ms, {result.MeanOfBest(best => best.Result.ShedShare):P1} shed");
        text.AppendLine($"  {"",-15}{"goodput/s",11}{"share",8}{"worst",8}{"p99 ms",10}{"ratio",8}{"shed",8}{"limit",10}{"settle s",10}{"no probes",11}  bar");
        foreach (ContenderResult one in result.Contenders)
        {
            text.AppendLine(
                $"  {one.Name,-15}{one.Mean(run => run.GoodputPerSecond),11:0.#}{one.Share,8:P1}{one.WorstShare,8:P1}{one.Mean(run => run.P99Ms),10:0.#}{one.P99Ratio,8:0.00}"
                + $"{one.Mean(run => run.ShedShare),8:P1}{one.Mean(run => run.MeanLimit),10:0.#}{one.Mean(run => run.SettleSeconds),10:0.#}{one.Mean(run => run.SettledLimitSeconds),11:0.#}  {(one.MeetsBar ? "met" : string.Join(", ", one.Misses))}");
        }

        text.AppendLine();
    }

    private static void AppendSummary(StringBuilder text, ScenarioResult[] results)
    {
        text.AppendLine($"all {results.Length} scenarios");
        text.AppendLine($"  {"",-15}{"mean share",11}{"worst",8}{"bars met",10}");
        for (int i = 0; i < results[0].Contenders.Length; i++)
        {
            ContenderResult[] all = [.. results.Select(result => result.Contenders[i])];
            text.AppendLine($"  {all[0].Name,-15}{all.Average(one => one.Share),11:P1}{all.Min(one => one.WorstShare),8:P1}{all.Count(one => one.MeetsBar),10}");
        }

        text.AppendLine();
    }
}
