using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Backpressure.AspNetCore;
using DemoApi.Tests.Hosting;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Storms;

/// <summary>Takes three quarters of the capacity of a server in a process of its own away for some seconds, while many callers load it to four fifths.</summary>
internal static class Storm
{
    public const int Slots = 4;
    public const int FewSlots = Slots / 4;

    private const double Load = 0.8;

    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AllowedLateness = TimeSpan.FromMilliseconds(250); // who is served is served within a second, from when its call was due
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private static TimeProvider Time => TimerFdTimeProvider.Shared;

    /// <param name="limit">The algorithm of the server's limit; <see langword="null"/> for a server without the middleware.</param>
    /// <param name="handler">Makes what the callers send with, anew for each run.</param>
    /// <exception cref="InvalidRunException">The generator fell behind each time.</exception>
    public static Task<StormOutcome> RunAsync(LimitAlgorithm? limit, Func<HttpMessageHandler> handler) =>
        ValidRun.OfAsync(() => RunOnceAsync(limit, handler), outcome => outcome.Report, AllowedLateness);

    private static async Task<StormOutcome> RunOnceAsync(LimitAlgorithm? limit, Func<HttpMessageHandler> handler)
    {
        await using DemoProcess server = await StartAsync(limit);
        Uri work = new(server.Address, "/work");
        LoadPlan plan = new() { Target = work, PerSecond = Load * Slots / ServiceTime.TotalSeconds, Duration = StormTiming.Over, Seed = Seed.Next() };
        using OpenLoop strangers = new(Time);
        await strangers.RunAsync(plan with { Duration = WarmUp });
        (int arrivedBefore, int retriesBefore, int runBefore) = await ReadAsync(server);

        using OpenLoop callers = new(Time, handler());
        using Pacer pacer = new(Time);
        Task<LoadReport> load = callers.RunAsync(plan);
        TimeSpan fell = await ResizeAsync(server, FewSlots, StormTiming.Begins, pacer);
        TimeSpan returned = await ResizeAsync(server, Slots, StormTiming.Ends, pacer);
        LoadReport report = await load;

        (int arrived, int retries, int run) = await ReadAsync(server);
        return new StormOutcome(report, arrived - arrivedBefore, retries - retriesBefore, run - runBefore, fell, returned);
    }

    private static Task<DemoProcess> StartAsync(LimitAlgorithm? limit) => DemoProcess.StartAsync(
        new Dictionary<string, string?>
        {
            ["Protected"] = (limit is not null).ToString(),
            ["Backpressure__Limit__Algorithm"] = limit?.ToString(),
            ["Backpressure__Limit__Maximum"] = limit == LimitAlgorithm.Fixed ? Slots.ToString(CultureInfo.InvariantCulture) : null,
            ["Slots"] = Slots.ToString(CultureInfo.InvariantCulture),
            ["ServiceMs"] = ServiceTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        },
        program: "Backpressure.StormServer.dll");

    private static async Task<TimeSpan> ResizeAsync(DemoProcess server, int slots, TimeSpan at, Pacer pacer)
    {
        await pacer.WaitUntilAsync(at);
        using HttpResponseMessage answer = await server.Client.PutAsync($"/slots/{slots}", content: null);
        answer.EnsureSuccessStatusCode();
        return pacer.Elapsed;
    }

    private static async Task<(int Arrived, int Retries, int Run)> ReadAsync(DemoProcess server)
    {
        JsonElement ledger = await server.Client.GetFromJsonAsync<JsonElement>("/ledger");
        return (ledger.GetProperty("arrived").GetInt32(), ledger.GetProperty("retries").GetInt32(), ledger.GetProperty("run").GetInt32());
    }
}
