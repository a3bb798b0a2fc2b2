using System.Diagnostics;
using System.Text.Json;
using Backpressure.AspNetCore;

namespace DemoApi.Tests.Hosting;

/// <summary>The built DemoApi as a process of its own, on a free port and with data of its own.</summary>
/// <remarks>It runs in an empty folder, in Production, with the settings of its appsettings.json and those given here, spelled as environment variables (<c>Queue__Capacity</c>).</remarks>
public sealed class DemoProcess : IAsyncDisposable
{
    private const string Program = "DemoApi.dll";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TempFolder _folder = new();

    private DemoProcess(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<string> tracer, string program)
    {
        string[] command = [.. tracer, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, program)];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string inherited in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Storage__Path"] = _folder["demo.db"];
        foreach ((string key, string? value) in settings)
        {
            start.Environment[key] = value; // null takes a setting away
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Output.Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Errors.Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it prints on stdout: its log.</summary>
    public ProcessOutput Output { get; } = new();

    /// <summary>What it prints on stderr.</summary>
    public ProcessOutput Errors { get; } = new();

    /// <summary>The addresses in the order of its log: with <c>Http2__Url</c> the last one speaks HTTP/2.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Where it serves HTTP/1.1.</summary>
    public Uri Address => Addresses[0];

    /// <summary>A client for <see cref="Address"/>; disposed with the process.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue });

    /// <summary>Starts the server and waits until it serves.</summary>
    /// <param name="settings">Beside those that every test has.</param>
    /// <param name="tracer">A command to run it under, which must leave the server the child of this process.</param>
    /// <param name="program">The server, when it is another one than DemoApi.</param>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it printed.</exception>
    public static async Task<DemoProcess> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, IReadOnlyList<string>? tracer = null, string program = Program)
    {
        DemoProcess demo = Launch(settings, tracer, program);
        try
        {
            await demo.Output.LineWithAsync("Application started.").WaitAsync(Patience, TimeProvider.System);
        }
        catch (Exception exception)
        {
            await demo.DisposeAsync();
            throw new InvalidOperationException($"{program} did not start.\n{demo.Output.Text}\n{demo.Errors.Text}", exception);
        }

        const string Announcement = "Now listening on: ";
        demo.Addresses = [.. demo.Output.Lines.Where(line => line.Contains(Announcement, StringComparison.Ordinal)).Select(line => new Uri(line.Split(Announcement)[1].Trim()))];
        demo.Client.BaseAddress = demo.Address;
        return demo;
    }

    /// <summary>Starts the server without waiting: for a start that is to fail.</summary>
    public static DemoProcess Launch(IReadOnlyDictionary<string, string?>? settings = null, IReadOnlyList<string>? tracer = null, string program = Program) =>
        new(settings ?? new Dictionary<string, string?>(), tracer ?? [], program);

    /// <summary>Waits until the server does not count as pressed any more.</summary>
    public async Task CalmAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50), TimerFdTimeProvider.Shared);
        for (int look = 0; look < 200; look++)
        {
            using JsonDocument status = JsonDocument.Parse(await Client.GetStringAsync("/backpressure"));
            if (status.RootElement.GetProperty("pressure").GetDouble() == 0)
            {
                return;
            }

            await timer.WaitForNextTickAsync();
        }

        throw new InvalidOperationException("The server still counts as pressed ten seconds after the flood.");
    }

    /// <summary>Ends it at once, as a power cut or <c>kill -9</c> does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Signal(Signals.Kill);
        await WaitForExitAsync();
    }

    /// <summary>Asks it to end in good order, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> TerminateAsync()
    {
        Signal(Signals.Terminate);
        return WaitForExitAsync();
    }

    /// <summary>Waits until it has ended and all that it printed is here.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        return _process.ExitCode;
    }

    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || variable.Contains("__", StringComparison.Ordinal) || variable is "DOTNET_ENVIRONMENT" or "DOTNET_URLS";
}
