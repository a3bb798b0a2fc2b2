using DemoApi.Tests.Load;

namespace DemoApi.Tests.Flood;

/// <summary>One flood of an adaptive limit, beside what the service can do.</summary>
/// <param name="Overload">The offered load as a multiple of the capacity.</param>
/// <param name="Capacity">Served per second to as many clients as the service has slots.</param>
/// <param name="Report">The flood.</param>
/// <param name="Unloaded">A light load just before it.</param>
internal sealed record AdaptiveRound(double Overload, double Capacity, LoadReport Report, LoadReport Unloaded)
{
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(0.5); // of service and queue, before which neither has come to rest

    public double Goodput => Report.GoodputPerSecond(Filling, Report.Plan.Duration, TimeSpan.MaxValue);

    public double P99Ms => P99(Report, Filling);

    public double UnloadedP99Ms => P99(Unloaded, TimeSpan.Zero);

    public override string ToString() => $"{Overload} times: capacity {Capacity:F0}/s, goodput {Goodput:F0}/s, p99 {P99Ms:F0} ms, unloaded {UnloadedP99Ms:F0} ms; {Report}";

    private static double P99(LoadReport report, TimeSpan from)
    {
        double[] latencies = [.. report.In(Bucket.Served).Where(exchange => exchange.Due >= from).Select(exchange => exchange.Latency.TotalMilliseconds).Order()];
        return latencies[(int)(latencies.Length * 0.99)];
    }
}
