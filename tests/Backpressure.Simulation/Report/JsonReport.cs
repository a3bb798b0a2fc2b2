using System.Text;
using System.Text.Json;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Report;

/// <summary>Writes the results of a tournament as JSON. The same scenarios and seeds give the same bytes.</summary>
internal static class JsonReport
{
    private const int Digits = 4;

    public static string Write(ScenarioResult[] results)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (ScenarioResult result in results)
            {
                Write(writer, result);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, ScenarioResult result)
    {
        Scenario scenario = result.Scenario;
        writer.WriteStartObject();
        writer.WriteString("scenario", scenario.Name);
        writer.WriteNumber("seeds", result.Sweeps.Length);
        writer.WriteBoolean("underload", result.IsUnderload);
        writer.WriteStartObject("bar");
        Write(writer, "goodputShare", scenario.Bar.GoodputShare);
        Write(writer, "p99Ratio", scenario.Bar.P99Ratio);
        writer.WriteString("because", scenario.Bar.Because);
        writer.WriteEndObject();
        writer.WriteStartObject("best");
        writer.WriteNumber("limit", (int)Math.Round(result.MeanOfBest(best => best.Limit)));
        Write(writer, "goodputPerSecond", result.MeanOfBest(best => best.Result.GoodputPerSecond));
        Write(writer, "workPerSecond", result.MeanOfBest(best => best.Result.WorkPerSecond));
        Write(writer, "p50Ms", result.MeanOfBest(best => best.Result.P50Ms));
        Write(writer, "p99Ms", result.MeanOfBest(best => best.Result.P99Ms));
        Write(writer, "shedShare", result.MeanOfBest(best => best.Result.ShedShare));
        writer.WriteEndObject();
        writer.WriteStartArray("results");
        foreach (ContenderResult contender in result.Contenders)
        {
            Write(writer, contender);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ContenderResult contender)
    {
        writer.WriteStartObject();
        writer.WriteString("algorithm", contender.Name);
        Write(writer, "goodputPerSecond", contender.Mean(run => run.GoodputPerSecond));
        Write(writer, "workPerSecond", contender.Mean(run => run.WorkPerSecond));
        Write(writer, "goodputShareOfBest", contender.Share);
        Write(writer, "worstGoodputShareOfBest", contender.WorstShare);
        Write(writer, "p50Ms", contender.Mean(run => run.P50Ms));
        Write(writer, "p99Ms", contender.Mean(run => run.P99Ms));
        Write(writer, "p99RatioToBest", contender.P99Ratio);
        Write(writer, "shedShare", contender.Mean(run => run.ShedShare));
        Write(writer, "shedsFromStart", contender.Mean(run => run.AllSheds));
        Write(writer, "attemptsPerRequest", contender.Mean(run => run.Amplification));
        Write(writer, "meanLimit", contender.Mean(run => run.MeanLimit));
        Write(writer, "meanInFlight", contender.Mean(run => run.MeanInFlight));
        Write(writer, "settleSeconds", contender.Mean(run => run.SettleSeconds));
        Write(writer, "settleSecondsWithoutProbes", contender.Mean(run => run.SettledLimitSeconds));
        writer.WriteBoolean("meetsBar", contender.MeetsBar);
        writer.WriteStartArray("misses");
        foreach (string miss in contender.Misses)
        {
            writer.WriteStringValue(miss);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes a number; null for one that there is not, as the percentile of nothing.</summary>
    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, Math.Round(value, Digits));
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
