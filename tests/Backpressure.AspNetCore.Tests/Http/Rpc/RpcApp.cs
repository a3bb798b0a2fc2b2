using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Backpressure.AspNetCore.Tests.Hosting;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>A gRPC server on a loopback socket, beside it <c>/</c>, where a turnstile holds whoever comes, and a diary of all the calls that arrive.</summary>
internal sealed class RpcApp : IAsyncDisposable
{
    private readonly ConcurrentQueue<Try> _tries;
    private readonly List<GrpcChannel> _channels = [];

    private RpcApp(App app, ConcurrentQueue<Try> tries)
    {
        App = app;
        _tries = tries;
    }

    public App App { get; }

    /// <summary>The tries that arrived, admitted or not.</summary>
    public Try[] Tries => [.. _tries];

    public static async Task<RpcApp> StartAsync(
        OrderDesk desk,
        Turnstile turnstile,
        Action<BackpressureOptions> options,
        bool onRealTime = false,
        X509Certificate2? certificate = null,
        Action<GrpcServiceEndpointConventionBuilder>? endpoint = null)
    {
        ConcurrentQueue<Try> tries = new();
        App app = await App.StartAsync(new AppSetup
        {
            Sockets = HttpProtocols.Http2,
            Certificate = certificate,
            OnRealTime = onRealTime,
            Options = options,
            Services = services => services.AddSingleton(desk).AddGrpc(),
            Outside = outside => outside.Use(next => context => NoteAsync(tries, context, next)),
            Endpoints = endpoints =>
            {
                GrpcServiceEndpointConventionBuilder service = endpoints.MapGrpcService<OrdersService>();
                endpoint?.Invoke(service);
                endpoints.Map("/", (HttpContext context) => turnstile.PassAsync(context.RequestAborted));
            },
        });
        return new RpcApp(app, tries);
    }

    /// <summary>A server whose only permit is taken, and is free once the turnstile opens.</summary>
    public static async Task<RpcApp> StartFullAsync(OrderDesk desk, Turnstile turnstile, int queue, Action<BackpressureOptions>? options = null, bool onRealTime = false)
    {
        RpcApp rpc = await StartAsync(desk, turnstile, AppSetup.Limited(1, queue) + options, onRealTime);
        _ = await rpc.App.EnterAsync(turnstile);
        return rpc;
    }

    /// <summary>A deadline as gRPC clients want it.</summary>
    public static DateTime In(int milliseconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(milliseconds);

    /// <summary>What an answer says of its call, in its headers or after its content: one of them may, once.</summary>
    public static async Task<string[]> StatusesAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await answer.Content.ReadAsByteArrayAsync();
        return [.. new[] { answer.Headers, answer.TrailingHeaders }.SelectMany(static headers => headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values : [])];
    }

    /// <summary>Calls <c>Place</c> for a client that states its time and does not act on it, so that it sees what the server does.</summary>
    public Task<HttpResponseMessage> PlaceAsync(string timeout) => GrpcCall.SendAsync(App, "application/grpc", "/shop.Orders/Place", ("grpc-timeout", timeout));

    /// <summary>A client on a connection of its own.</summary>
    public OrdersClient Client(ServiceConfig? config = null)
    {
        GrpcChannel channel = GrpcChannel.ForAddress(App.Client.BaseAddress!, new GrpcChannelOptions
        {
            HttpHandler = App.NewConnections(),
            DisposeHttpClient = true,
            ServiceConfig = config,
        });
        _channels.Add(channel);
        return new OrdersClient(channel);
    }

    /// <summary>Waits until the first <paramref name="count"/> tries have been answered.</summary>
    public Task AreAnsweredAsync(int count) => Eventually.HoldsAsync(() => Tries is { } tries && tries.Length >= count && tries.Take(count).All(static @try => @try.Answer.Count > 0));

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(static channel => channel.Dispose());
        await App.DisposeAsync();
    }

    private static async Task NoteAsync(ConcurrentQueue<Try> tries, HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentType != "application/grpc")
        {
            await next(context);
            return;
        }

        Try arrived = new(TimeProvider.System.GetElapsedTime(0), Try.Copy(context.Request.Headers));
        tries.Enqueue(arrived);
        await next(context);
        arrived.AnswerWith(context.Response.Headers);
    }
}
