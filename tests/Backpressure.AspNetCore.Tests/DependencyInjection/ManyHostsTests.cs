using System.Net;
using Backpressure.AspNetCore.Tests.Admission;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>A host that has ended leaves nothing in its process, as in a test suite that starts one for each test.</summary>
[Collection(nameof(AloneInProcess))]
public sealed class ManyHostsTests
{
    private const int Hosts = 1_000; // of each kind
    private const int Rounds = 10; // taking turns, so that what else happens in the process happens to both
    private const long Noise = 256 * 1024; // of the whole heap: a quarter of a KiB for each host

    private readonly List<WeakReference> _hosts = new(Hosts * 3);

    [LinuxFact] // T10, B8
    public async Task A_thousand_hosts_leave_no_descriptor_no_thread_and_no_more_memory_than_hosts_without_the_package()
    {
        await GrowthAsync(hosts: 50, guarded: false);
        await GrowthAsync(hosts: 50, guarded: true);
        int descriptors = ProcessFacts.Descriptors();
        int threads = ProcessFacts.LastingThreads();
        long plain = 0;
        long guarded = 0;

        for (int round = 0; round < Rounds; round++)
        {
            plain += await GrowthAsync(Hosts / Rounds, guarded: false);
            guarded += await GrowthAsync(Hosts / Rounds, guarded: true);
        }

        long usual = Math.Max(plain, 0); // what earlier tests left behind may go meanwhile
        Assert.True(guarded <= usual + Noise, $"{Hosts} hosts with the package left {guarded} bytes, as many without it {plain}.");
        await Eventually.HoldsAsync(() => ProcessFacts.Descriptors() <= descriptors);
        await Eventually.HoldsAsync(() => ProcessFacts.LastingThreads() <= threads);
    }

    /// <summary>By how many bytes the heap has grown when the last of these hosts is gone.</summary>
    private async Task<long> GrowthAsync(int hosts, bool guarded)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < hosts; i++)
        {
            await ServeOnceAsync(guarded);
        }

        await Eventually.HoldsAsync(AllHostsAreGone);
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private bool AllHostsAreGone()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return ThreadPool.PendingWorkItemCount == 0 && !_hosts.Exists(static host => host.IsAlive);
    }

    /// <summary>Starts a host on a port of its own, has one request served under a deadline, and stops it.</summary>
    private async Task ServeOnceAsync(bool guarded)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        if (guarded)
        {
            builder.Services.AddBackpressure();
        }

        await using WebApplication host = builder.Build();
        host.UseRouting();
        if (guarded)
        {
            host.UseBackpressure();
        }

        host.MapGet("/", static () => "served");
        _hosts.Add(new WeakReference(host.Services));
        await host.StartAsync();
        using RawRequest request = await RawRequest.SendAsync(new Uri(host.Urls.Single()), "/", headers: "Connection: close\r\nRequest-Timeout-Ms: 20000\r\n");
        Assert.Contains("served", await request.ReadToEndAsync(), StringComparison.Ordinal);
        await host.StopAsync();
    }
}
