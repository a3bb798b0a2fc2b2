using System.Net;
using System.Reflection;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Named policies as caps with queues of their own below the limit of the server, and how endpoints choose them.</summary>
public sealed class NamedPolicyTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_policy_is_a_cap_with_a_queue_of_its_own()
    {
        await using App app = await App.StartAsync(Setup(options => options.Policies["exports"] = new() { Limit = { Maximum = 1 }, Queue = { Capacity = 1 } }));
        _ = await app.EnterAsync(_turnstile, "/exports");
        _ = await app.QueueAsync("/exports", "exports");

        using HttpResponseMessage refused = await app.GetAsync("/exports");
        Task<HttpResponseMessage> other = await app.EnterAsync(_turnstile);

        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal((1, 1, 1L), (app.Policy("exports").Active, app.Policy("exports").Queued, app.Policy("exports").Shed));
        Assert.Equal((1, 0, 0L), (app.Policy().Active, app.Policy().Queued, app.Policy().Shed));
        _turnstile.Open();
        Assert.Equal(HttpStatusCode.OK, (await other).StatusCode);
    }

    [Fact]
    public async Task The_limit_of_the_server_holds_for_all_policies_together()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(2, 0) + (options => options.Policies["exports"] = new() { Limit = { Maximum = 10 } })));
        _ = await app.EnterAsync(_turnstile);
        _ = await app.EnterAsync(_turnstile, "/exports");

        using HttpResponseMessage refused = await app.GetAsync("/exports");

        Assert.Equal("queue-full", refused.Reason());
        Assert.Equal(2, app.Monitor.GetSnapshot().Active);
    }

    [Fact]
    public async Task A_permit_of_one_policy_that_is_given_back_serves_who_waits_in_another()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(1, 1) + (options => options.Policies["exports"] = new())));
        Task<HttpResponseMessage> first = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/exports", "exports");

        _turnstile.Open();

        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
    }

    [Fact]
    public async Task What_a_policy_does_not_set_it_has_from_the_default_policy()
    {
        await using App app = await App.StartAsync(Setup(options =>
        {
            options.Queue.Capacity = 0;
            options.Shed.StatusCode = 429;
            options.Shed.MinimumRetryAfter = TimeSpan.FromSeconds(20);
            options.Policies["exports"] = new() { Limit = { Maximum = 1 }, Shed = { MaximumRetryAfter = TimeSpan.FromSeconds(21) } };
        }));
        _ = await app.EnterAsync(_turnstile, "/exports");

        using HttpResponseMessage answer = await app.GetAsync("/exports");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(21));
    }

    [Fact]
    public async Task What_a_policy_sets_is_its_own()
    {
        await using App app = await App.StartAsync(Setup(AppSetup.Limited(1, 5) + (options =>
        {
            options.Policies["exports"] = new() { Queue = { Capacity = 0 }, Shed = { StatusCode = 529, Body = ShedBody.Empty } };
        })));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage own = await app.GetAsync("/exports");
        _ = await app.QueueAsync();

        Assert.Equal(529, (int)own.StatusCode);
        Assert.Empty(await own.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("EXPORTS")]
    [InlineData("exports")]
    public async Task Names_ignore_case(string name)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options => options.Policies["Exports"] = new(),
            Endpoints = endpoints => endpoints.MapGet("/", Policy).RequireBackpressure(name),
        });

        Assert.Equal("Exports", await app.Client.GetStringAsync("/"));
    }

    [Theory]
    [InlineData("/minimal/attribute", "exports")]
    [InlineData("/minimal/nearest", "reads")]
    [InlineData("/minimal/default", "default")]
    [InlineData("/minimal/exempt", "none")]
    [InlineData("/minimal/exempt-first", "none")]
    [InlineData("/controller/class", "exports")]
    [InlineData("/controller/action", "reads")]
    [InlineData("/controller/exempt", "none")]
    [InlineData("/nowhere", "404")]
    public async Task An_endpoint_has_the_policy_that_stands_nearest_to_it_and_none_when_it_is_taken_out(string path, string policy)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = options =>
            {
                options.Policies["exports"] = new();
                options.Policies["reads"] = new();
            },
            Services = services => services.AddControllers().ConfigureApplicationPartManager(parts =>
            {
                parts.ApplicationParts.Clear();
                parts.FeatureProviders.Add(new OneController());
            }),
            Endpoints = endpoints =>
            {
                RouteGroupBuilder group = endpoints.MapGroup("/minimal").RequireBackpressure("exports");
                group.MapGet("/attribute", [EnableBackpressure("exports")] (HttpContext context) => Policy(context));
                group.MapGet("/nearest", Policy).RequireBackpressure("reads");
                group.MapGet("/default", Policy).RequireBackpressure("default");
                group.MapGet("/exempt", Policy).DisableBackpressure();
                endpoints.MapGet("/minimal/exempt-first", Policy).DisableBackpressure().RequireBackpressure("reads");
                endpoints.MapControllers();
            },
        });

        using HttpResponseMessage answer = await app.GetAsync(path);

        Assert.Equal(policy, answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(policy is "none" ? 0 : 1, app.Monitor.GetSnapshot().Policies.Sum(each => each.Arrivals));
    }

    private static string Policy(HttpContext context) => context.Features.Get<IBackpressureFeature>()?.Policy ?? "none";

    private AppSetup Setup(Action<BackpressureOptions> options) => new()
    {
        Options = options,
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", () => _turnstile.PassAsync());
            endpoints.MapGet("/exports", () => _turnstile.PassAsync()).RequireBackpressure("exports");
        },
    };

    private sealed class OneController : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(typeof(ExportController).GetTypeInfo());
    }

    [EnableBackpressure("exports")]
    [Route("/controller")]
    private sealed class ExportController : ControllerBase
    {
        [HttpGet("class")]
        public string OfTheClass() => Policy(HttpContext);

        [HttpGet("action")]
        [EnableBackpressure("reads")]
        public string OfTheAction() => Policy(HttpContext);

        [HttpGet("exempt")]
        [DisableBackpressure]
        public string Exempt() => Policy(HttpContext);
    }
}
