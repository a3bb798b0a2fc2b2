using DemoApi.Endpoints;
using DemoApi.Startup;
using DemoApi.Storage;

try
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Choose(args) });
    builder.AddListening();
    builder.AddStorage();
    builder.AddMetrics();
    builder.AddProblemDocuments();
    builder.Services.AddSingleton<WorkSlots>();
    builder.Services.AddBackpressure();
    builder.Services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage").AddBackpressure();

    await using WebApplication app = builder.Build();
    app.UseProblemDocuments();
    app.UseBackpressure();

    app.MapFrontPage();
    app.MapKeyValues();
    app.MapWork();
    app.MapHealth();
    app.MapMetrics();
    app.MapBackpressureStatus("/backpressure").AllowAnonymous(); // this server is for looking at; a real one would ask who is there

    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartFailure.Explain(exception) is { Count: > 0 } lines)
{
    foreach (string line in lines)
    {
        await Console.Error.WriteLineAsync($"DemoApi cannot start. {line}");
    }

    return 1;
}
