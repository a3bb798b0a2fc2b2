using Backpressure.AspNetCore.Admission;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>After ten million operations of every kind nothing is left behind and everything was counted once; a plain <c>dotnet test</c> does a tenth of them.</summary>
[Collection(nameof(AloneInProcess))]
public sealed class AdmissionGateStormTests(ITestOutputHelper output)
{
    private static readonly long Operations = Environment.GetEnvironmentVariable("BACKPRESSURE_TOOLS") == "1" ? 10_000_000 : 1_000_000;

    [Theory] // R4, R5, R6, C5, C19, B13, B14, B15, B18, B19, B27
    [InlineData(false)]
    [InlineData(true)]
    public void A_storm_leaves_nothing_behind_and_is_counted_to_the_request(bool reloads)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}, {Operations} operations");
        GateStorm storm = new(seed, Operations, reloads);

        GateReading reading = storm.Run();

        Assert.Empty(storm.NeverDecided);
        Assert.Equal(0, reading.InUse);
        Assert.All(reading.Policies, policy => Assert.Equal((0, 0, 0), (policy.InUse, policy.Queued, policy.PlacesTaken)));
        Assert.All(storm.Policies, policy => Assert.Equal((-1, Lanes.End), (policy.Waiting.Highest, policy.Waiting.Lowest)));
        Assert.Equal(storm.Granted, reading.Policies.Sum(policy => policy.Admitted));
        Assert.Equal(storm.Count(Outcome.Cancelled), reading.Policies.Sum(policy => policy.Cancelled));
        Assert.Equal(storm.Count(Outcome.Shed), reading.Policies.Sum(policy => policy.Shed.Sum()));
        Assert.True(storm.Peak == 4 || (reloads && storm.Peak is > 4 and <= 7), $"The peak was {storm.Peak}.");
        Assert.True(storm.Granted > Operations / 50, $"Only {storm.Granted} were granted.");
    }

    [Fact] // R4, B13, B15
    public void The_peak_is_the_limit_over_ten_million_grants()
    {
        const int Limit = 3;
        const int Threads = 4;
        AdmissionGate gate = new(Limit);
        PolicyGate policy = gate.AddPolicy("default", new PolicySettings { QueueCapacity = 0 });
        int inside = 0;
        int peak = 0;
        long overshoots = 0;
        long granted = 0;
        long each = Operations / Threads;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            long mine = 0;
            while (mine < each)
            {
                WaiterChain decided = default;
                if (!gate.TryTake(policy, 1, default, ref decided, out int permits))
                {
                    continue;
                }

                int now = Interlocked.Increment(ref inside);
                if (now > Limit)
                {
                    Interlocked.Increment(ref overshoots);
                }

                if (now > Volatile.Read(ref peak))
                {
                    Volatile.Write(ref peak, now); // a race here can only lose a maximum that comes again
                }

                mine++;
                Interlocked.Decrement(ref inside);
                if (gate.Return(policy, permits))
                {
                    gate.Pump(default, ref decided);
                }
            }

            Interlocked.Add(ref granted, mine);
        }) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal((0L, 0, each * Threads), (overshoots, gate.Read().InUse, granted));
        Assert.InRange(peak, 2, Limit); // two processors may not meet three times at once
        Assert.Equal(granted, gate.Read().Policies[0].Admitted);
    }
}
