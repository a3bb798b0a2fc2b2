using System.Globalization;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What callers can gain, and spoil, by what they say of their tries: ten times the capacity on real sockets, a fixed limit.</summary>
[Collection(TimingSensitive.Name)]
public sealed class LyingFloodTests(ITestOutputHelper output)
{
    private static readonly FloodSetup Setup = new() { Duration = TimeSpan.FromSeconds(3) };

    [Fact] // H1
    public async Task Callers_that_hide_their_retries_cost_no_goodput_and_get_no_more_permits()
    {
        FloodOutcome honest = await RunAsync(static number => number % 10 == 0 ? 0 : 1); // nine of ten are retries, and say so
        FloodOutcome lying = await RunAsync(static _ => 0);

        Assert.True(lying.GoodputPerSecond >= 0.95 * honest.GoodputPerSecond, $"{lying.GoodputPerSecond:F1}/s with lies, {honest.GoodputPerSecond:F1}/s without");
        Assert.Equal((Setup.Permits, Setup.Permits), (honest.Peak, lying.Peak));
        Assert.Equal(Setup.Permits, lying.Watch.MostActive);
        Assert.InRange(lying.After.RetryTicketsGranted, 1, 0.1 * lying.After.Arrivals);
        Assert.InRange(honest.After.RetryTicketsGranted, 1, Math.Max(0.1 * honest.After.Arrivals * 0.15, 10)); // of the first attempts alone, a tenth of what came
    }

    [Fact] // H2
    public async Task Callers_that_claim_many_tries_harm_themselves_alone()
    {
        FloodOutcome outcome = await RunAsync(static number => number % 2 == 0 ? 0 : 100);

        int[] served = [.. outcome.Report.In(Bucket.Served).Select(static exchange => int.Parse(exchange.Id.Split('-')[1], CultureInfo.InvariantCulture))];
        int retries = served.Count(static number => number % 2 == 1);
        double floor = 1 * (Setup.Duration.TotalSeconds + 1);
        Assert.InRange(retries, 0, (0.1 * outcome.After.Admitted) + floor + Setup.Permits); // those that found room at the start cost no budget
        Assert.True(served.Length - retries >= 0.8 * served.Length, $"{retries} of {served.Length} that were served claimed to be retries");
        Assert.True(outcome.GoodputPerSecond >= 0.9 * Setup.NominalCapacityPerSecond, $"served {outcome.GoodputPerSecond:F1}/s");
        Assert.Equal(Setup.Permits, outcome.Peak);
    }

    private async Task<FloodOutcome> RunAsync(Func<int, int> earlierTries)
    {
        FloodOutcome outcome = await FloodTrial.RunAsync(Setup with { EarlierTries = earlierTries });
        output.WriteLine($"{outcome}; tickets {outcome.After.RetryTicketsGranted} granted, {outcome.After.RetryTicketsDenied} denied");
        return outcome;
    }
}
