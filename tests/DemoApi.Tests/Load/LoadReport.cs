using System.Globalization;

namespace DemoApi.Tests.Load;

/// <summary>What became of a load: every request, and whether the generator kept its schedule.</summary>
internal sealed class LoadReport
{
    /// <summary>How late the generator may be, at the 99th percentile, before a run proves nothing.</summary>
    public static readonly TimeSpan AllowedLateness = TimeSpan.FromMilliseconds(50);

    private readonly int _due;

    /// <param name="plan">What was to be sent.</param>
    /// <param name="due">How many requests the schedule holds.</param>
    /// <param name="exchanges">What was sent.</param>
    public LoadReport(LoadPlan plan, int due, IReadOnlyList<Exchange> exchanges)
    {
        _due = due;
        Plan = plan;
        Exchanges = exchanges;
        LatenessP99 = Percentile([.. exchanges.Select(exchange => exchange.Lateness)], 0.99);
    }

    public LoadPlan Plan { get; }

    public IReadOnlyList<Exchange> Exchanges { get; }

    public TimeSpan LatenessP99 { get; }

    /// <summary>Requests that the schedule holds and the generator did not send.</summary>
    public int Dropped => _due - Exchanges.Count;

    /// <summary>Whether the generator sent everything, on time: only then does the run say something about the server.</summary>
    public bool IsValid => IsWithin(AllowedLateness);

    /// <summary>Whether the generator kept its schedule as well as that, and asked for everything that it planned.</summary>
    public bool IsWithin(TimeSpan lateness) => Dropped == 0 && LatenessP99 <= lateness;

    public IEnumerable<Exchange> In(Bucket bucket) => Exchanges.Where(exchange => exchange.Bucket == bucket);

    public int Count(Bucket bucket) => In(bucket).Count();

    /// <summary>Requests per second that were due in a part of the load and served within a time from their intended start.</summary>
    public double GoodputPerSecond(TimeSpan from, TimeSpan to, TimeSpan within) =>
        In(Bucket.Served).Count(exchange => exchange.Due >= from && exchange.Due < to && exchange.Latency <= within) / (to - from).TotalSeconds;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Plan.Seed}, HTTP/{Plan.Version}, {Exchanges.Count} requests at {Plan.PerSecond:F0}/s, lateness p99 {LatenessP99.TotalMilliseconds:F1} ms, dropped {Dropped}: ") +
        string.Join(", ", Enum.GetValues<Bucket>().Select(bucket => $"{bucket} {Count(bucket)}"));

    private static TimeSpan Percentile(TimeSpan[] values, double share)
    {
        Array.Sort(values);
        return values.Length == 0 ? TimeSpan.Zero : values[(int)Math.Ceiling(share * values.Length) - 1];
    }
}
