using Backpressure.AspNetCore.Admission;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What the adaptive order is worth on slow services: nearly the goodput of the oldest first, and answers that are still of use. In virtual time, with the same requests for both.</summary>
public sealed class AdaptiveOrderSimulationTests(ITestOutputHelper output)
{
    private const int Requests = 40_000;

    private static readonly int[] Seeds = Heavy.IsFull ? [1, 2, 3, 4] : [1];
    private static readonly TimeSpan MaximumWait = TimeSpan.FromSeconds(1);

    public static TheoryData<int, int, bool, double> Services
    {
        get
        {
            TheoryData<int, int, bool, double> services = [];
            foreach ((int permits, int milliseconds) in new[] { (8, 20), (4, 100), (2, 500) })
            {
                foreach (double load in new[] { 1.1, 2, 3 })
                {
                    services.Add(permits, milliseconds, false, load);
                    services.Add(permits, milliseconds, true, load);
                }
            }

            return services;
        }
    }

    [Theory] // the figures are those of the package's defaults: capacity 100, a longest wait of 1 s
    [MemberData(nameof(Services))]
    public void It_keeps_the_goodput_of_the_oldest_first_and_lowers_its_99th_percentile(int permits, int milliseconds, bool isRandom, double load)
    {
        SlowService service = new(permits, milliseconds, isRandom);
        foreach (int seed in Seeds)
        {
            Arrival[] arrivals = [.. PoissonArrivals.Steady(service, load, service.TimeFor(Requests), seed)];
            SimulationResult oldest = Run(service, QueueOrder.OldestFirst, arrivals);
            SimulationResult adaptive = Run(service, QueueOrder.Adaptive, arrivals);

            double patient = Share(adaptive, oldest, TimeSpan.FromSeconds(30));
            double usual = Share(adaptive, oldest, TimeSpan.FromSeconds(2));
            double hasty = Share(adaptive, oldest, TimeSpan.FromSeconds(1));
            output.WriteLine(
                $"{service} at {load}, seed {seed}: goodput {patient:P1} (answered within 2 s: {usual:P1}, 1 s: {hasty:P1}) of the oldest first; p99 {adaptive.Percentile(99).TotalMilliseconds:F0} ms instead of {oldest.Percentile(99).TotalMilliseconds:F0} ms");

            Assert.All([patient, usual, hasty], share => Assert.True(share >= 0.97, $"{service} at {load}, seed {seed}: {share:P1}"));
            Assert.True(adaptive.Percentile(99) < oldest.Percentile(99), $"{service} at {load}, seed {seed}: {adaptive.Percentile(99)} is not below {oldest.Percentile(99)}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_burst_that_drains_is_served_as_the_oldest_first_serves_it(bool isRandom)
    {
        SlowService service = new(8, 20, isRandom);
        Arrival[] arrivals = [.. PoissonArrivals.OnOff(service, on: 1.15, off: 0.3, TimeSpan.FromMilliseconds(90), service.TimeFor(Requests), seed: 1)];

        SimulationResult oldest = Run(service, QueueOrder.OldestFirst, arrivals);
        SimulationResult adaptive = Run(service, QueueOrder.Adaptive, arrivals);

        Assert.Equal(oldest.Requests.Count, oldest.Answered.Count());
        Assert.InRange(adaptive.Requests.Count - adaptive.Answered.Count(), 0, Requests / 2_000); // by chance a burst may last longer than most
        Assert.InRange(adaptive.Percentile(99) / oldest.Percentile(99), 0.95, 1.05);
    }

    [Fact] // the control: what absolute constants, as made for fast services, do to slow ones
    public void Turning_everybody_away_after_five_milliseconds_would_cost_a_slow_service_its_goodput()
    {
        SlowService service = new(4, 100, IsRandom: true);
        Arrival[] arrivals = [.. PoissonArrivals.Steady(service, 1.1, service.TimeFor(Requests), seed: 1)];

        SimulationResult oldest = Run(service, QueueOrder.OldestFirst, arrivals);
        SimulationResult hurried = new QueueSimulation(service, new PolicySettings { Order = QueueOrder.NewestFirst, MaximumWait = TimeSpan.FromMilliseconds(5) }).Run(arrivals);

        Assert.True(Share(hurried, oldest, TimeSpan.FromSeconds(30)) < 0.9, "The control must fail.");
    }

    [Theory] // C16, B10
    [InlineData(QueueOrder.OldestFirst)]
    [InlineData(QueueOrder.NewestFirst)]
    [InlineData(QueueOrder.Adaptive)]
    public void Nobody_waits_longer_than_may_be_and_no_lane_starves(QueueOrder order)
    {
        SlowService service = new(8, 20, IsRandom: true);
        Arrival[] arrivals = [.. PoissonArrivals.Steady(service, 2, TimeSpan.FromMinutes(10), seed: 1)
            .Select((arrival, i) => arrival with { Criticality = i % 10 == 0 ? Criticality.Sheddable : Criticality.Critical })];
        TimeSpan longest = TimeSpan.FromMilliseconds(200); // so that the queue is never full, for then the lowest lane makes place
        QueueSimulation simulation = new(service, new PolicySettings { QueueCapacity = 1_000, Order = order, MaximumWait = longest });

        SimulationResult result = simulation.Run(arrivals);

        Assert.True(result.LongestWait <= longest, $"Somebody waited {result.LongestWait}.");
        Assert.True(result.Answered.Count(request => request.Criticality == Criticality.Sheddable) > 100, "The lowest lane starved.");
    }

    private static double Share(SimulationResult one, SimulationResult other, TimeSpan within) => one.Goodput(within) / other.Goodput(within);

    private static SimulationResult Run(SlowService service, QueueOrder order, Arrival[] arrivals) =>
        new QueueSimulation(service, new PolicySettings { QueueCapacity = 100, Order = order, MaximumWait = MaximumWait }).Run(arrivals);
}
