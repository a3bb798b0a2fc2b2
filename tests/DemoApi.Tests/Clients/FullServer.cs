using Backpressure.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace DemoApi.Tests.Clients;

/// <summary>A server of ours with one permit and no queue. One request holds the permit until the test makes room; whoever else comes meanwhile is refused.</summary>
internal sealed class FullServer : IAsyncDisposable
{
    private const string Holding = "/hold";

    private readonly VisitedServer _server;
    private readonly TaskCompletionSource _room;
    private readonly TaskCompletionSource _refused;
    private readonly HttpClient _holder = new();
    private readonly Task<HttpResponseMessage> _held;

    private FullServer(VisitedServer server, TaskCompletionSource room, TaskCompletionSource refused)
    {
        _server = server;
        _room = room;
        _refused = refused;
        _held = _holder.GetAsync(new Uri(server.Address, Holding));
    }

    public Uri Address => _server.Address;

    public Uri Http2Address => _server.Http2Address;

    /// <summary>Those that came after it was full.</summary>
    public Visit[] Visits => _server.Visits[1..];

    public BackpressurePolicySnapshot Gate => _server.Monitor.GetSnapshot().Policies[0];

    public static async Task<FullServer> StartAsync(Action<BackpressureOptions>? configure = null)
    {
        TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        VisitedServer server = await VisitedServer.GovernedAsync(
            options =>
            {
                options.Limit.Algorithm = LimitAlgorithm.Fixed;
                options.Limit.Maximum = 1;
                options.Queue.Capacity = 0;
                options.Timeout.Default = Timeout.InfiniteTimeSpan;
                options.Shed.OnShed = _ =>
                {
                    refused.TrySetResult();
                    return ValueTask.CompletedTask;
                };
                configure?.Invoke(options);
            },
            async context =>
            {
                if (context.Request.Path == Holding)
                {
                    full.SetResult();
                    await room.Task;
                }

                await context.Response.WriteAsync("served");
            });
        FullServer started = new(server, room, refused);
        await full.Task;
        return started;
    }

    /// <summary>Waits until somebody came whom it refused.</summary>
    public Task VisitedAsync() => _refused.Task;

    /// <summary>Lets the request go that holds the permit.</summary>
    public async Task MakeRoomAsync()
    {
        _room.TrySetResult();
        (await _held).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await MakeRoomAsync();
        (await _held).Dispose();
        _holder.Dispose();
        await _server.DisposeAsync();
    }
}
