using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What a client sees of a limit that finds itself and the queue in front of it, with the package's defaults: in virtual time, with arrivals at random.</summary>
public sealed class SteeredQueueTests(ITestOutputHelper output)
{
    private static readonly PolicySettings Defaults = new() { QueueCapacity = 100, Order = QueueOrder.Adaptive, MaximumWait = TimeSpan.FromSeconds(1) };

    [Theory] // DESIGN 12: goodput >= 95% of capacity, admitted p99 <= twice the unloaded p99 + 25 ms
    [InlineData(8, 20, 2)]
    [InlineData(8, 20, 5)]
    [InlineData(8, 20, 10)]
    [InlineData(8, 40, 2)]
    [InlineData(8, 40, 5)]
    [InlineData(8, 40, 10)]
    [InlineData(16, 5, 2)]
    [InlineData(16, 5, 5)]
    [InlineData(16, 5, 10)]
    public void A_flood_leaves_goodput_and_latency_where_they_were(int workers, int milliseconds, double overload)
    {
        TimeSpan work = TimeSpan.FromMilliseconds(milliseconds);
        double capacity = workers / work.TotalSeconds;
        foreach (int seed in new[] { 1, 2 })
        {
            (SteeredService service, AdmissionGate gate) = Build(workers, work);
            Random chance = new(seed);
            service.Run(TimeSpan.FromSeconds(20), overload * capacity, chance);

            service.Run(TimeSpan.FromSeconds(60), overload * capacity, chance);

            TimeSpan p99 = Percentile(service, 99);
            double share = service.Latencies.Count / (60 * capacity);
            output.WriteLine($"seed {seed}: {share:P1} of the capacity, p50 {Percentile(service, 50).TotalMilliseconds:F0} ms, p99 {p99.TotalMilliseconds:F0} ms, limit {gate.Limit}");
            Assert.True(share >= 0.95, $"goodput {share:P1} of the capacity, seed {seed}");
            Assert.InRange(p99, work, (2 * work) + TimeSpan.FromMilliseconds(25));
        }
    }

    [Fact] // the control: the bound of a limit that nobody steers is made to keep a service busy that has no more permits than workers
    public void Without_haste_clients_would_wait_twice_as_long()
    {
        TimeSpan work = TimeSpan.FromMilliseconds(20);
        AdmissionGate gate = new(12);
        SteeredService service = new(gate, gate.AddPolicy("default", Defaults), 8, work);

        service.Run(TimeSpan.FromSeconds(60), 5 * 8 / work.TotalSeconds, new Random(1));

        Assert.True(Percentile(service, 99) > (2 * work) + TimeSpan.FromMilliseconds(25), "The control must fail.");
    }

    [Fact] // just above the capacity it is the queue that keeps the service busy
    public void A_little_too_much_is_no_reason_for_haste()
    {
        TimeSpan work = TimeSpan.FromMilliseconds(20);
        (SteeredService service, AdmissionGate gate) = Build(8, work);
        Random chance = new(1);
        service.Run(TimeSpan.FromSeconds(20), 1.05 * 8 / work.TotalSeconds, chance);

        service.Run(TimeSpan.FromSeconds(60), 1.05 * 8 / work.TotalSeconds, chance);

        output.WriteLine($"p50 {Percentile(service, 50).TotalMilliseconds:F0} ms, p99 {Percentile(service, 99).TotalMilliseconds:F0} ms, limit {gate.Limit}");
        Assert.InRange(service.Latencies.Count / (60 * 8 / work.TotalSeconds), 0.97, 1.01);
    }

    private static (SteeredService Service, AdmissionGate Gate) Build(int workers, TimeSpan work)
    {
        ProcessorMeter idle = new(static () => TimeSpan.Zero, processors: 2);
        AdmissionGate gate = new(8, honoursAge: true, gate => new LimitPilot(new AdaptiveLimit(8, 1, 1000), gate, idle));
        return (new SteeredService(gate, gate.AddPolicy("default", Defaults), workers, work), gate);
    }

    private static TimeSpan Percentile(SteeredService service, double percent) => service.Latencies.Order().ElementAt((int)(service.Latencies.Count * percent / 100));
}
