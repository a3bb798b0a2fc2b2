using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>Runs a case on Kestrel and tells the reply in words: what the client got, then what was noted on the server.</summary>
internal sealed class InteropRun
{
    private static readonly string[] Telling = ["Cache-Control", "Content-Type", "X-Handler"];

    private readonly InteropCase _case;
    private readonly HttpProtocols _protocol;
    private readonly Action<IApplicationBuilder> _middleware;
    private readonly InteropExchange _exchange = new();

    private InteropRun(InteropCase @case, HttpProtocols protocol, Action<IApplicationBuilder> middleware)
    {
        _case = @case;
        _protocol = protocol;
        _middleware = middleware;
    }

    public static Task<string> UnderFrameworkAsync(InteropCase @case, HttpProtocols protocol) =>
        new InteropRun(@case, protocol, static app => app.UseRequestTimeouts()).ReplyAsync();

    public static Task<string> UnderBackpressureAsync(InteropCase @case, HttpProtocols protocol) =>
        new InteropRun(@case, protocol, static app => app.UseBackpressure()).ReplyAsync();

    /// <summary>Both stand in the pipeline, the framework's outside or inside of ours.</summary>
    public static Task<string> UnderBothAsync(InteropCase @case, bool frameworkFirst) =>
        new InteropRun(@case, HttpProtocols.Http1, app => _ = frameworkFirst ? app.UseRequestTimeouts().UseBackpressure() : app.UseBackpressure().UseRequestTimeouts()).ReplyAsync();

    private async Task<string> ReplyAsync()
    {
        App app;
        try
        {
            app = await App.StartAsync(Setup());
        }
        catch (InvalidOperationException)
        {
            return "the host does not start";
        }

        await using (app)
        {
            string answer = _case.IsLeft ? await LeaveAsync(app) : await AskAsync(app);
            await RealTime.Within(_exchange.End);
            return string.Join(" | ", [answer, .. _exchange.Notes]);
        }
    }

    private AppSetup Setup() => new()
    {
        Sockets = _protocol,
        OnRealTime = true,
        Options = options => options.Timeout.AbortGrace = _case.Grace,
        Services = services =>
        {
            services.AddRequestTimeouts(_case.Options);
            _case.Services(services);
        },
        Outside = app =>
        {
            app.Use(_exchange.ObserveAsync);
            _case.Outside(app);
        },
        Pipeline = app =>
        {
            _middleware(app);
            if (_case.IsTwice)
            {
                _middleware(app);
            }

            _case.Inside(app);
        },
        Endpoints = routes => _case.Map(routes, _case.Handler),
    };

    private async Task<string> AskAsync(App app)
    {
        try
        {
            using HttpResponseMessage answer = await app.GetAsync("/", _case.Headers);
            return await TellAsync(answer);
        }
        catch (HttpRequestException)
        {
            return "broken off";
        }
    }

    private async Task<string> LeaveAsync(App app)
    {
        using CancellationTokenSource leaving = new();
        Task<HttpResponseMessage> asked = app.Client.GetAsync(new Uri("/", UriKind.Relative), leaving.Token);
        await RealTime.Within(_exchange.Arrival);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        return "left";
    }

    private static async Task<string> TellAsync(HttpResponseMessage answer)
    {
        string body = await answer.Content.ReadAsStringAsync();
        bool isProblem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
        List<string> parts = [$"{(int)answer.StatusCode}"];
        foreach (string name in Telling)
        {
            if (answer.Headers.NonValidated.TryGetValues(name, out var values) || (!isProblem && answer.Content.Headers.NonValidated.TryGetValues(name, out values)))
            {
                parts.Add($"{name}: {values}");
            }
        }

        if (isProblem)
        {
            using JsonDocument problem = JsonDocument.Parse(body);
            parts.Add($"problem {problem.RootElement.GetProperty("status")}");
        }
        else if (body.Length > 0)
        {
            parts.Add(body);
        }

        return string.Join(" | ", parts);
    }
}
