using Backpressure.AspNetCore;
using Backpressure.Http;
using Backpressure.StormServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// A server whose dependency loses and regains capacity on command, with our middleware or, with Protected=false, with nothing.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
bool isProtected = builder.Configuration.GetValue("Protected", defaultValue: true);
Ledger ledger = new();
Dependency dependency = new(
    TimerFdTimeProvider.Shared,
    builder.Configuration.GetValue<int>("Slots"),
    TimeSpan.FromMilliseconds(builder.Configuration.GetValue<int>("ServiceMs")));
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
if (isProtected)
{
    builder.Services.AddBackpressure();
}

await using WebApplication app = builder.Build();
app.Use((context, next) =>
{
    if (context.Request.Path == "/work")
    {
        ledger.CountArrival(isRetry: context.Request.Headers.ContainsKey(BackpressureHeaders.RetryAttempt));
    }

    return next(context);
});
app.UseRouting();
if (isProtected)
{
    app.UseBackpressure();
}

app.MapGet("/work", async context =>
{
    ledger.CountRun();
    await dependency.UseAsync();
    await context.Response.WriteAsync("done");
});
app.MapPut("/slots/{slots:int}", (int slots) => dependency.Resize(slots)).DisableBackpressure();
app.MapGet("/ledger", ledger.Read).DisableBackpressure();
if (isProtected)
{
    app.MapBackpressureStatus("/backpressure").AllowAnonymous();
}

await app.RunAsync();
