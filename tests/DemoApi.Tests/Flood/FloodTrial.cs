using System.Globalization;
using Backpressure.AspNetCore;
using Backpressure.Http;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Flood;

/// <summary>Starts an application, floods it while it is watched, and waits until it is idle again.</summary>
internal static class FloodTrial
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan CapacityTakes = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(10);

    private static TimeProvider Time => TimerFdTimeProvider.Shared;

    /// <exception cref="InvalidRunException">The generator fell behind each time.</exception>
    public static Task<FloodOutcome> RunAsync(FloodSetup setup) => ValidRun.OfAsync(() => RunOnceAsync(setup), outcome => outcome.Report);

    /// <summary>Floods an application and asks nothing of it but its answers.</summary>
    public static async Task<(LoadReport Report, double CapacityPerSecond)> RunBlindAsync(FloodSetup setup)
    {
        await using FloodedApp app = await FloodedApp.StartAsync(setup);
        using OpenLoop flood = new(Time);
        using LoadClient client = new(Time);
        double before = await CapacityAsync(setup, app, client);
        LoadReport report = await flood.RunAsync(PlanOf(setup, app));
        double after = await CapacityAsync(setup, app, client);
        return (report, (before + after) / 2);
    }

    private static async Task<FloodOutcome> RunOnceAsync(FloodSetup setup)
    {
        await using FloodedApp app = await FloodedApp.StartAsync(setup);
        using MeterTally meter = new(app.Services);
        using OpenLoop flood = new(Time);
        using LoadClient client = new(Time);
        await flood.RunAsync(PlanOf(setup, app) with { Duration = WarmUp });
        double capacityBefore = await CapacityAsync(setup, app, client);
        BackpressurePolicySnapshot before = await IdleAsync(app, meter);

        SnapshotWatch watch = new();
        HealthProbe health = new();
        using CancellationTokenSource over = new();
        Task watching = Task.WhenAll(watch.RunAsync(app.Monitor, Time, over.Token), health.RunAsync(client, app.Health, setup.Version, over.Token));
        LoadReport report = await flood.RunAsync(PlanOf(setup, app));
        await over.CancelAsync();
        await watching;

        BackpressurePolicySnapshot after = await IdleAsync(app, meter);
        IReadOnlyDictionary<(string, string), long> counters = meter.Read();
        double capacityAfter = await CapacityAsync(setup, app, client);
        return new FloodOutcome
        {
            Setup = setup,
            Report = report,
            CapacityBefore = capacityBefore,
            CapacityAfter = capacityAfter,
            Ledger = app.Service.Ledger,
            Peak = app.Service.Peak,
            LongestWait = app.Service.LongestWait,
            LongestAllowance = app.Service.LongestAllowance,
            Before = before,
            After = after,
            Watch = watch,
            Health = health,
            Counters = counters,
        };
    }

    private static LoadPlan PlanOf(FloodSetup setup, FloodedApp app) => new()
    {
        Target = app.Work,
        Version = setup.Version,
        PerSecond = setup.Overload * setup.NominalCapacityPerSecond,
        Duration = setup.Duration,
        Seed = Seed.Next(),
        Patience = setup.Patience,
        Request = number => RequestOf(app, setup.EarlierTries(number)),
    };

    private static HttpRequestMessage RequestOf(FloodedApp app, int earlierTries)
    {
        HttpRequestMessage request = new(HttpMethod.Get, app.Work);
        if (earlierTries > 0)
        {
            request.Headers.Add(BackpressureHeaders.RetryAttempt, earlierTries.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    private static async Task<double> CapacityAsync(FloodSetup setup, FloodedApp app, LoadClient client) =>
        setup.MeasuresCapacity ? await ClosedLoop.MeasureAsync(client, app.Work, setup.Version, setup.Permits, CapacityTakes) : 0;

    /// <summary>Waits until nothing is held or queued and the meter has counted everything; gives up after a while and shows what is.</summary>
    private static async Task<BackpressurePolicySnapshot> IdleAsync(FloodedApp app, MeterTally meter)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10), Time);
        long start = Time.GetTimestamp();
        while (true)
        {
            BackpressurePolicySnapshot snapshot = app.Monitor.GetSnapshot().Policies[0];
            bool idle = snapshot.Active == 0 && snapshot.Queued == 0 && meter.Sum("backpressure.requests", snapshot.Policy) == snapshot.Arrivals;
            if (idle || Time.GetElapsedTime(start) > SettlesWithin)
            {
                return snapshot;
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
