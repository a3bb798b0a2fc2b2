using System.Globalization;
using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Faults;

/// <summary>A DemoApi whose system calls for timers fail as strace is told to make them.</summary>
internal sealed class TimerFaults : IAsyncDisposable
{
    private const double Spinning = 0.05; // of a processor
    private const string Warning = "There is no working timerfd";
    private const string TimerThread = "Backpressure ti"; // as the kernel cuts it off

    private readonly TempFolder _folder;
    private readonly DemoProcess _demo;

    private TimerFaults(TempFolder folder, DemoProcess demo)
    {
        _folder = folder;
        _demo = demo;
    }

    public int AllWarnings => _demo.Output.Lines.Count(line => line.Contains(Warning, StringComparison.Ordinal));

    /// <summary>Every creation of a timerfd fails.</summary>
    public static Task<TimerFaults> AtCreationAsync(string error) => StartAsync("-e", "trace=timerfd_create", "-e", $"inject=timerfd_create:error={error}");

    /// <summary>One call on a timerfd fails, as often as said. The runtime polls and reads, too: its calls are left alone.</summary>
    /// <param name="call">The call.</param>
    /// <param name="error">The name of its error.</param>
    /// <param name="when">As strace counts, for each thread on its own; nothing for always.</param>
    public static Task<TimerFaults> LaterAsync(string call, string error, string when = "") =>
        call == "timerfd_settime"
            ? StartAsync("-e", "trace=timerfd_settime", "-e", $"inject=timerfd_settime:error={error}{when}")
            : StartAsync("-P", "anon_inode:[timerfd]", "-e", "trace=poll,ppoll,read", "-e", $"inject={call}:error={error}{when}");

    /// <summary>The calls that strace made to fail.</summary>
    public async Task<int> InjectedAsync() => (await TraceAsync()).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));

    /// <summary>The calls with this name that it saw.</summary>
    public async Task<int> CallsAsync(string name) => (await TraceAsync()).Count(line => line.Contains($" {name}(", StringComparison.Ordinal));

    /// <summary>A thread keeps the time in the place of a timerfd, and one warning says why.</summary>
    public async Task AssertThreadActsAsync(string error)
    {
        await AssertStrikesAsync("thread");
        Assert.Equal(1, Warnings(error));
        Assert.Equal(1, AllWarnings);
        Assert.True(await InjectedAsync() > 0);
    }

    /// <summary>Deadlines strike, and no thread spins.</summary>
    public async Task AssertStrikesAsync(string scheduler)
    {
        await StrikeAsync(TimeSpan.FromMilliseconds(500));
        double share = await StrikeAsync(TimeSpan.FromSeconds(1));

        Assert.InRange(share, 0, Spinning);
        Assert.Equal(scheduler, await SchedulerAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _demo.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<TimerFaults> StartAsync(params string[] faults)
    {
        TempFolder folder = new();
        return new TimerFaults(folder, await DemoProcess.StartAsync(tracer: Strace.Command(folder["trace"], faults)));
    }

    /// <summary>Sends a request that has less time than it takes, and checks what its caller is told.</summary>
    /// <returns>The share of a processor that the thread of the timers has used meanwhile.</returns>
    private async Task<double> StrikeAsync(TimeSpan timeout)
    {
        TimeSpan before = TimerProcessor();
        long start = TimeProvider.System.GetTimestamp();
        HttpRequestMessage request = new(HttpMethod.Get, "/work?ioMs=60000");
        request.Headers.Add("Request-Timeout-Ms", timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await _demo.Client.SendAsync(request);
        TimeSpan passed = TimeProvider.System.GetElapsedTime(start);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.True(passed >= timeout, $"struck after {passed.TotalMilliseconds:F1} ms");
        return (TimerProcessor() - before) / passed;
    }

    /// <summary>Which of the two keeps the time: <c>timerfd</c> or <c>thread</c>.</summary>
    private async Task<string> SchedulerAsync() => (await MetricsText.ReadAsync(_demo.Client)).Label("backpressure_timer_armed", "backpressure_timer_scheduler");

    /// <summary>How often a warning said why the fallback acts.</summary>
    private int Warnings(string error) => _demo.Output.Lines.Count(line => line.Contains($"{Warning} ({error})", StringComparison.Ordinal));

    private Task<string[]> TraceAsync() => File.ReadAllLinesAsync(_folder["trace"]);

    private TimeSpan TimerProcessor() => Assert.Single(ProcessThread.Of(_demo.Id), thread => thread.Name == TimerThread).Processor;
}
