using System.Diagnostics;
using System.Globalization;
using Backpressure.AspNetCore;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Durability;

/// <summary>DemoApi under strace, which notes every write to a file, every flush and every answer.</summary>
internal static class TracedDemo
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static TimeProvider Time => TimerFdTimeProvider.Shared;

    /// <summary>Stores values one after the other, and ends the server in good order.</summary>
    /// <param name="synchronous">The setting <c>Storage:Synchronous</c>.</param>
    /// <param name="writes">How many values to store, under keys of their own.</param>
    /// <returns>What strace saw.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">strace is not installed.</exception>
    public static async Task<IReadOnlyList<SystemCall>> StoreAsync(string synchronous, int writes)
    {
        using TempFolder folder = new();
        string trace = folder["trace"];
        ProcessOutput output = new();
        using Process demo = new() { StartInfo = StartInfoFor(folder, trace, synchronous) };
        demo.OutputDataReceived += (_, line) => output.Take(line.Data);
        demo.Start();
        demo.BeginOutputReadLine();
        try
        {
            await output.LineWithAsync("Application started.").WaitAsync(Patience, Time);
            await PutAsync(AddressIn(output), writes);
            Signals.Send(demo.Id, Signals.Terminate);
            await demo.WaitForExitAsync().WaitAsync(Patience, Time);
            await TracerHasEndedAsync(trace, demo.Id).WaitAsync(Patience, Time);
            return SystemCallTrace.Parse(await File.ReadAllLinesAsync(trace));
        }
        finally
        {
            if (!demo.HasExited)
            {
                demo.Kill();
                await demo.WaitForExitAsync();
            }
        }
    }

    private static ProcessStartInfo StartInfoFor(TempFolder folder, string trace, string synchronous)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return new ProcessStartInfo("strace",
        [
            "-D", // the server is our child and the tracer is not, so that a signal to our child reaches the server
            "-f", "-ttt", "-yy", "-s", "64", "-e", "trace=fsync,fdatasync,sendto,sendmsg,write,writev,pwrite64", "-o", trace,
            dotnet, "exec", Path.Combine(AppContext.BaseDirectory, "DemoApi.dll"),
        ])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["Storage__Path"] = folder["kv.db"],
                ["Storage__Synchronous"] = synchronous,
            },
        };
    }

    private static Uri AddressIn(ProcessOutput output)
    {
        const string Announcement = "Now listening on: ";
        return new Uri(output.Lines.First(line => line.Contains(Announcement, StringComparison.Ordinal)).Split(Announcement)[1].Trim());
    }

    private static async Task PutAsync(Uri address, int writes)
    {
        using HttpClient client = new() { BaseAddress = address };
        for (int number = 0; number < writes; number++)
        {
            using ByteArrayContent value = new([(byte)number]);
            using HttpResponseMessage response = await client.PutAsync(string.Create(CultureInfo.InvariantCulture, $"/kv/key-{number}"), value);
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Waits for the tracer's last line, which it may write a little after the server is gone.</summary>
    private static async Task TracerHasEndedAsync(string trace, int process)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50), Time);
        string id = process.ToString(CultureInfo.InvariantCulture);
        bool IsLast(string line) => line.StartsWith(id, StringComparison.Ordinal) && line.Contains("+++ ", StringComparison.Ordinal);
        while (!(await File.ReadAllLinesAsync(trace)).Any(IsLast))
        {
            await timer.WaitForNextTickAsync();
        }
    }
}
