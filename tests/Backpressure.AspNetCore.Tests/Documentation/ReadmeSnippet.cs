using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>The code of the README, compiled. The README must hold every line between the markers.</summary>
internal static class ReadmeSnippet
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> test)
    {
        // <readme>
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddBackpressure();
        // </readme>
        test(builder);
        // <readme>
        WebApplication app = builder.Build();
        app.UseBackpressure();
        app.MapGet("/orders/{id}", (int id) => Results.Ok(id));
        // </readme>
        return app;
    }
}
