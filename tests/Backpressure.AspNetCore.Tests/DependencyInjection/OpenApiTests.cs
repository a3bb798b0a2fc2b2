using System.Net.Mime;
using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>What an OpenAPI document says of refusals.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task An_endpoint_under_a_policy_may_answer_503_with_a_problem_document()
    {
        JsonElement responses = await ResponsesAsync(static endpoints => endpoints.MapGet("/items", static () => "served").RequireBackpressure("reads"));

        Assert.Equal(["200", "503"], Statuses(responses));
        Assert.Equal(["application/problem+json"], ContentOf(responses.GetProperty("503")));
    }

    [Fact]
    public async Task An_endpoint_of_a_group_under_a_policy_may_answer_503_too()
    {
        JsonElement responses = await ResponsesAsync(static endpoints =>
            endpoints.MapGroup("/items").RequireBackpressure("reads").MapGet("", static () => "served"));

        Assert.Equal(["200", "503"], Statuses(responses));
        Assert.Equal(["application/problem+json"], ContentOf(responses.GetProperty("503")));
    }

    [Fact]
    public async Task The_status_is_the_one_of_its_policy()
    {
        JsonElement responses = await ResponsesAsync(
            static endpoints => endpoints.MapGet("/items", static () => "served").RequireBackpressure("reads"),
            static options => options.Policies["reads"].Shed.StatusCode = 529);

        Assert.Equal(["200", "529"], Statuses(responses));
        Assert.Equal(["application/problem+json"], ContentOf(responses.GetProperty("529")));
    }

    [Fact]
    public async Task A_policy_that_sets_no_status_has_the_one_of_the_default_policy()
    {
        JsonElement responses = await ResponsesAsync(
            static endpoints => endpoints.MapGet("/items", static () => "served").RequireBackpressure("READS"),
            static options => options.Shed.StatusCode = 429);

        Assert.Equal(["200", "429"], Statuses(responses));
    }

    [Fact]
    public async Task A_refusal_without_a_body_is_listed_without_content()
    {
        JsonElement responses = await ResponsesAsync(
            static endpoints => endpoints.MapGet("/items", static () => "served").RequireBackpressure("reads"),
            static options => options.Policies["reads"].Shed.Body = ShedBody.Empty);

        Assert.Equal(["200", "503"], Statuses(responses));
        Assert.Empty(ContentOf(responses.GetProperty("503")));
    }

    [Fact]
    public async Task A_policy_that_is_off_refuses_nothing_and_lists_nothing()
    {
        JsonElement responses = await ResponsesAsync(
            static endpoints => endpoints.MapGet("/items", static () => "served").RequireBackpressure("reads"),
            static options => options.Policies["reads"].Mode = BackpressureMode.Off);

        Assert.Equal(["200"], Statuses(responses));
    }

    [Fact]
    public async Task An_endpoint_without_a_policy_lists_nothing_of_ours()
    {
        JsonElement responses = await ResponsesAsync(static endpoints => endpoints.MapGet("/items", static () => "served"));

        Assert.Equal(["200"], Statuses(responses));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_lists_503_itself_lists_it_once(bool before)
    {
        JsonElement responses = await ResponsesAsync(endpoints =>
        {
            RouteHandlerBuilder endpoint = endpoints.MapGet("/items", static () => "served");
            endpoint = before ? endpoint.ProducesProblem(StatusCodes.Status503ServiceUnavailable) : endpoint;
            endpoint.RequireBackpressure("reads");
            endpoint = before ? endpoint : endpoint.ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        });

        Assert.Equal(["200", "503"], Statuses(responses));
        Assert.Equal(["application/problem+json"], ContentOf(responses.GetProperty("503")));
    }

    [Fact]
    public async Task What_an_endpoint_answers_otherwise_is_listed_as_ever()
    {
        JsonElement responses = await ResponsesAsync(static endpoints => endpoints.MapGet("/items", static () => "served")
            .Produces<int>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound).RequireBackpressure("reads"));

        Assert.Equal(["201", "404", "503"], Statuses(responses).Where(static status => status != "200"));
        Assert.Equal([MediaTypeNames.Application.Json], ContentOf(responses.GetProperty("201")));
    }

    /// <summary>The responses that the document lists for <c>GET /items</c>.</summary>
    private static async Task<JsonElement> ResponsesAsync(Action<IEndpointRouteBuilder> endpoints, Action<BackpressureOptions>? more = null)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = (static options => options.Policies["reads"] = new()) + more,
            Services = static services => services.AddOpenApi(),
            Endpoints = endpoints + (static all => all.MapOpenApi()),
        });
        JsonElement document = JsonElement.Parse(await app.Client.GetStringAsync("/openapi/v1.json"));
        return document.GetProperty("paths").GetProperty("/items").GetProperty("get").GetProperty("responses");
    }

    private static IEnumerable<string> Statuses(JsonElement responses) => responses.EnumerateObject().Select(static response => response.Name).Order();

    private static IEnumerable<string> ContentOf(JsonElement response) =>
        response.TryGetProperty("content", out JsonElement content) ? content.EnumerateObject().Select(static each => each.Name) : [];
}
