using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What callers can gain, and spoil, by what they say of their tries: ten times the capacity in virtual time, with the production gate, budget and tickets.</summary>
public sealed class LyingCallersTests(ITestOutputHelper output)
{
    private static readonly SlowService Service = new(8, 20, IsRandom: true);
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    [Theory] // H1
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hiding_retries_costs_no_goodput_and_gets_no_more_permits(int seed)
    {
        Storm honest = Run(seed, static number => number % 10 != 0); // nine of ten are retries, and say so
        Storm lying = Run(seed, static _ => false);
        output.WriteLine($"seed {seed}: {honest} without lies, {lying} with");

        Assert.True(lying.Goodput >= 0.95 * honest.Goodput, $"seed {seed}: {lying.Goodput:F1}/s with lies, {honest.Goodput:F1}/s without");
        Assert.Equal((Service.Permits, Service.Permits), (honest.MostInUse, lying.MostInUse));
        Assert.InRange(lying.Worst, 0.5, 1);
        Assert.InRange(honest.Worst, 0.5, 1);
    }

    [Theory] // H2
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Claiming_retries_harms_nobody_else(int seed)
    {
        Storm alone = Run(seed, static _ => false, static number => number % 2 == 0);
        Storm beside = Run(seed, static number => number % 2 == 1);
        output.WriteLine($"seed {seed}: {alone} alone, {beside} beside those who claim");

        Assert.True(beside.FirstAttemptGoodput >= 0.9 * alone.FirstAttemptGoodput, $"seed {seed}: {beside.FirstAttemptGoodput:F1}/s beside them, {alone.FirstAttemptGoodput:F1}/s alone"); // the tenth is the budget's
        Assert.True(beside.Goodput >= 0.99 * alone.Goodput, $"seed {seed}: {beside.Goodput:F1}/s of {alone.Goodput:F1}/s");
        Assert.InRange(beside.Worst, 0.5, 1);
    }

    /// <param name="seed">Makes the requests.</param>
    /// <param name="claims">Whether a request, by its number, says that it is a retry.</param>
    /// <param name="comes">Whether it comes at all.</param>
    private static Storm Run(int seed, Func<int, bool> claims, Func<int, bool>? comes = null)
    {
        RetryAllowance retries = new(new RetryBudgetOptions());
        QueueSimulation simulation = new(Service, new PolicySettings(), retries);
        Queue<TimeSpan> attempts = [];
        Queue<TimeSpan> tickets = [];
        int most = 0;
        double worst = 0;
        simulation.AfterEach = request =>
        {
            most = Math.Max(most, simulation.Gate.InUse);
            TimeSpan now = simulation.Now;
            if (request.Arrival.At == now && !request.IsRetry)
            {
                attempts.Enqueue(now);
            }

            if (request.Outcome == Outcome.Shed && retries.Tickets.MayRetry(request.Reason, now))
            {
                tickets.Enqueue(now);
                Forget(attempts, now);
                Forget(tickets, now);
                worst = Math.Max(worst, tickets.Count / Math.Max(0.1 * attempts.Count, Window.TotalSeconds));
            }
        };
        Arrival[] arrivals = [.. PoissonArrivals.Steady(Service, load: 10, Lasts, seed)
            .Select((arrival, number) => (arrival, number))
            .Where(pair => comes?.Invoke(pair.number) != false)
            .Select(pair => pair.arrival with { IsRetry = claims(pair.number) })];
        SimulationResult result = simulation.Run(arrivals);
        TimeSpan patience = TimeSpan.FromSeconds(2);
        int firstAttempts = result.Answered.Count(request => !request.IsRetry && request.ResponseTime <= patience);
        return new Storm(result.Goodput(patience), firstAttempts / Lasts.TotalSeconds, most, worst, retries.Tickets.Granted);
    }

    private static void Forget(Queue<TimeSpan> times, TimeSpan now)
    {
        while (times.TryPeek(out TimeSpan oldest) && oldest <= now - Window)
        {
            times.Dequeue();
        }
    }

    /// <param name="Goodput">Answered in time, per second.</param>
    /// <param name="FirstAttemptGoodput">Those that said they were first attempts.</param>
    /// <param name="MostInUse">The most permits that were in use.</param>
    /// <param name="Worst">The tickets of any window over what the bound allows.</param>
    /// <param name="Tickets">How many there were.</param>
    private sealed record Storm(double Goodput, double FirstAttemptGoodput, int MostInUse, double Worst, long Tickets);
}
