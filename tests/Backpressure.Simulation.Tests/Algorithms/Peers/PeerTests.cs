using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class PeerTests
{
    public static TheoryData<string, int, int> Peers => new()
    {
        { "vegas", 1, 1000 },
        { "gradient2", 20, 200 },
        { "aimd", 20, 200 },
        { "failsafe-go", 1, 200 },
        { "envoy-gradient", 3, 1000 },
        { "kratos-bbr", 2, 1_000_000 },
        { "fixed", 20, 20 },
    };

    [Theory]
    [MemberData(nameof(Peers))]
    public void Limit_stays_in_its_bounds_under_any_traffic(string name, int minimum, int maximum)
    {
        IAlgorithm peer = Create(name);
        for (int seed = 1; seed <= 20; seed++)
        {
            Random random = new(seed);
            TimeSpan now = TimeSpan.FromSeconds(1000 * seed);
            for (int i = 0; i < 20_000; i++)
            {
                Step(peer, random, ref now);
                Assert.True(peer.Limit >= minimum && peer.Limit <= maximum, $"{peer.Limit} after step {i} of seed {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public void Million_completions_allocate_nothing_so_no_state_can_grow(string name, int minimum, int maximum)
    {
        IAlgorithm peer = Create(name);
        Random random = new(1);
        TimeSpan now = TimeSpan.FromSeconds(1);
        for (int i = 0; i < 200_000; i++)
        {
            Step(peer, random, ref now);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
        {
            Step(peer, random, ref now);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(peer.Limit, minimum, maximum);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public void Same_traffic_makes_the_same_limits(string name, int minimum, int maximum)
    {
        Assert.Equal(LimitsOf(name), LimitsOf(name));
        Assert.InRange(LimitsOf(name)[^1], minimum, maximum);
    }

    private static int[] LimitsOf(string name)
    {
        IAlgorithm peer = Create(name);
        Random random = new(7);
        TimeSpan now = TimeSpan.FromSeconds(1);
        int[] limits = new int[20_000];
        for (int i = 0; i < limits.Length; i++)
        {
            Step(peer, random, ref now);
            limits[i] = peer.Limit;
        }

        return limits;
    }

    private static void Step(IAlgorithm peer, Random random, ref TimeSpan now)
    {
        now += TimeSpan.FromMilliseconds(-5 * Math.Log(1 - random.NextDouble()));
        if (now >= peer.WakeAt)
        {
            peer.Wake(now, new ServerReading(0.75 + (0.25 * random.NextDouble()), TimeSpan.Zero));
        }

        int inFlight = random.Next(2 * Math.Min(peer.Limit, 500));
        if (random.Next(4) == 0)
        {
            peer.Hold(now, inFlight, random.Next(2) == 0);
        }

        double scale = Math.Pow(10, random.Next(-2, 5));
        CompletionKind kind = random.Next(50) == 0 ? (CompletionKind)random.Next(3) : CompletionKind.Succeeded;
        TimeSpan took = TimeSpan.FromMilliseconds(scale * random.NextDouble());
        peer.Complete(new Completion(now, took, inFlight + 1, inFlight, kind));
    }

    private static IAlgorithm Create(string name) => name switch
    {
        "vegas" => new VegasLimit(20),
        "gradient2" => new Gradient2Limit(20),
        "aimd" => new AimdLimit(20),
        "failsafe-go" => new FailsafeGoLimit(20),
        "envoy-gradient" => new EnvoyGradientLimit(20),
        "kratos-bbr" => new KratosBbrLimit(20),
        "fixed" => new FixedLimit(20),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such peer."),
    };
}
