using System.Globalization;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Storms;

/// <summary>What both sides know of a storm after it.</summary>
/// <param name="Report">What the callers saw, one exchange for each logical call.</param>
/// <param name="Arrived">Tries that arrived at the server during the load.</param>
/// <param name="Retries">Those of them that said so.</param>
/// <param name="Run">Those that the handler ran.</param>
/// <param name="Fell">When the capacity had fallen, from the start of the load.</param>
/// <param name="Returned">When the capacity was back.</param>
internal sealed record StormOutcome(LoadReport Report, int Arrived, int Retries, int Run, TimeSpan Fell, TimeSpan Returned)
{
    private static readonly TimeSpan Useful = TimeSpan.FromSeconds(1);

    /// <summary>Tries for each logical call.</summary>
    public double Amplification => (double)Arrived / Report.Exchanges.Count;

    /// <summary>The share of the calls due in a part of the load that were served within a second, retries and all.</summary>
    public double Goodput(TimeSpan from, TimeSpan to)
    {
        Exchange[] due = [.. Report.Exchanges.Where(exchange => exchange.Due >= from && exchange.Due < to)];
        return (double)due.Count(exchange => exchange.Bucket == Bucket.Served && exchange.Latency <= Useful) / due.Length;
    }

    public override string ToString()
    {
        IEnumerable<string> seconds = Enumerable.Range(0, (int)Report.Plan.Duration.TotalSeconds)
            .Select(second => Goodput(TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second + 1)).ToString("P0", CultureInfo.InvariantCulture));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"capacity fell {Fell.TotalSeconds:F1} s, back {Returned.TotalSeconds:F1} s, {Arrived} arrived ({Amplification:F3} for each call), {Retries} said they were retries, {Run} ran; {Report}; goodput by second: ") +
            string.Join(' ', seconds);
    }
}
