using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What a caller says of its own criticality lowers it and never raises it.</summary>
public sealed class CallerCriticalityTests
{
    private const string Header = "Request-Criticality";

    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData("/sheddable", Criticality.Sheddable)]
    [InlineData("/normal", Criticality.Normal)]
    [InlineData("/critical", Criticality.Critical)]
    [InlineData("/unmarked", Criticality.Normal)]
    [InlineData("/group/own", Criticality.Sheddable)]
    [InlineData("/group/inherited", Criticality.Critical)]
    public async Task The_handler_learns_what_its_endpoint_says(string path, Criticality expected)
    {
        await using App app = await AppAsync();

        Assert.Equal(expected.ToString(), await app.Client.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/critical", "critical", Criticality.Critical)]
    [InlineData("/critical", "normal", Criticality.Normal)]
    [InlineData("/critical", "sheddable", Criticality.Sheddable)]
    [InlineData("/normal", "critical", Criticality.Normal)]
    [InlineData("/normal", "normal", Criticality.Normal)]
    [InlineData("/normal", "sheddable", Criticality.Sheddable)]
    [InlineData("/unmarked", "critical", Criticality.Normal)]
    [InlineData("/unmarked", "sheddable", Criticality.Sheddable)]
    [InlineData("/sheddable", "critical", Criticality.Sheddable)]
    [InlineData("/sheddable", "normal", Criticality.Sheddable)]
    [InlineData("/sheddable", "sheddable", Criticality.Sheddable)]
    public async Task Of_the_endpoints_word_and_the_callers_the_lower_one_counts(string path, string said, Criticality expected)
    {
        await using App app = await AppAsync();

        using HttpResponseMessage answer = await app.GetAsync(path, (Header, said));

        Assert.Equal(expected.ToString(), await answer.Content.ReadAsStringAsync());
    }

    [Theory] // H6
    [InlineData("")]
    [InlineData("sheddable,sheddable")]
    [InlineData("sheddable, normal")]
    [InlineData("sheddable,")]
    [InlineData("sheddable;q=1")]
    [InlineData("\"sheddable\"")]
    [InlineData("SHEDDABLE")]
    [InlineData("Sheddable")]
    [InlineData("shed")]
    [InlineData("sheddable2")]
    [InlineData("-1")]
    [InlineData("low")]
    public async Task Junk_counts_as_absent(string said)
    {
        await using App app = await AppAsync();

        using HttpResponseMessage answer = await app.GetAsync("/normal", (Header, said));

        Assert.Equal("Normal", await answer.Content.ReadAsStringAsync());
    }

    [Fact] // H6
    public async Task Two_values_count_as_absent()
    {
        await using App app = await AppAsync();

        using HttpResponseMessage answer = await app.GetAsync("/normal", (Header, "sheddable"), (Header, "sheddable"));

        Assert.Equal("Normal", await answer.Content.ReadAsStringAsync());
    }

    [Theory] // H6
    [InlineData($"{Header}: sheddable\r\n{Header}: sheddable\r\n", "Normal")]
    [InlineData($"{Header}: normal\r\n{Header}: sheddable\r\n", "Normal")]
    [InlineData($"{Header}: sheddable\r\n", "Sheddable")]
    [InlineData("request-criticality:sheddable\r\n", "Sheddable")]
    public async Task On_the_wire_one_line_counts_and_two_do_not(string lines, string expected)
    {
        await using App app = await AppAsync(HttpProtocols.Http1);

        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/normal", "GET", $"{lines}Connection: close\r\n");
        string answer = await request.ReadToEndAsync();

        Assert.Contains($"\r\n{expected}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_lowers_itself_makes_place_for_others()
    {
        await using App app = await AppAsync();
        _ = await app.EnterAsync(_turnstile, "/hold");
        Task<HttpResponseMessage> modest = await app.QueueAsync("/normal", "default", (Header, "sheddable"));

        Task<HttpResponseMessage> other = app.GetAsync("/normal");
        Assert.Same(modest, await Task.WhenAny(modest, other));
        using HttpResponseMessage displaced = await modest;
        _turnstile.Open();
        using HttpResponseMessage served = await other;

        Assert.Equal("displaced", displaced.Reason());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact] // H5
    public async Task Who_would_raise_itself_takes_nobodys_place()
    {
        await using App app = await AppAsync();
        _ = await app.EnterAsync(_turnstile, "/hold");
        Task<HttpResponseMessage> waiting = await app.QueueAsync("/normal");

        using HttpResponseMessage bold = await app.GetAsync("/normal", (Header, "critical"));
        _turnstile.Open();
        using HttpResponseMessage served = await waiting;

        Assert.Equal("queue-full", bold.Reason());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    private static string Look(HttpContext context) => context.Features.Get<IBackpressureFeature>()!.Criticality.ToString();

    private Task<App> AppAsync(HttpProtocols? sockets = null) => App.StartAsync(new AppSetup
    {
        Sockets = sockets,
        Options = AppSetup.Limited(1, 1),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/hold", () => _turnstile.PassAsync());
            endpoints.MapGet("/sheddable", Look).WithCriticality(Criticality.Sheddable);
            endpoints.MapGet("/normal", Look).WithCriticality(Criticality.Normal);
            endpoints.MapGet("/critical", Look).WithCriticality(Criticality.Critical);
            endpoints.MapGet("/unmarked", Look);
            RouteGroupBuilder group = endpoints.MapGroup("/group").WithCriticality(Criticality.Critical);
            group.MapGet("/own", Look).WithCriticality(Criticality.Sheddable);
            group.MapGet("/inherited", Look);
        },
    });
}
