using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>What an OpenAPI document says of controllers under a policy: what their attributes say.</summary>
public sealed class OpenApiControllerTests
{
    [Theory]
    [InlineData("/silent", false)]
    [InlineData("/described", true)]
    public async Task A_controller_lists_a_refusal_where_its_attributes_do(string path, bool lists)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options => options.Policies["reads"] = new(),
            Services = static services => services.AddOpenApi().AddControllers().AddApplicationPart(typeof(OpenApiControllerTests).Assembly),
            Endpoints = static endpoints =>
            {
                endpoints.MapControllers().RequireBackpressure("reads");
                endpoints.MapOpenApi();
            },
        });

        JsonElement document = JsonElement.Parse(await app.Client.GetStringAsync("/openapi/v1.json"));

        JsonElement responses = document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses");
        Assert.Equal(lists, responses.TryGetProperty("503", out _));
        Assert.Equal("reads", await app.Client.GetStringAsync(path));
    }
}
