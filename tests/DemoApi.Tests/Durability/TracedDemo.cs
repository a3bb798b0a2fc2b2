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
        await using DemoProcess demo = await DemoProcess.StartAsync(
            new Dictionary<string, string?> { ["Storage__Synchronous"] = synchronous },
            Strace.Command(trace, "-ttt", "-yy", "-s", "64", "-e", "trace=fsync,fdatasync,sendto,sendmsg,write,writev,pwrite64"));
        await PutAsync(demo.Client, writes);
        await demo.TerminateAsync();
        await TracerHasEndedAsync(trace, demo.Id).WaitAsync(Patience, Time);
        return SystemCallTrace.Parse(await File.ReadAllLinesAsync(trace));
    }

    private static async Task PutAsync(HttpClient client, int writes)
    {
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
