using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refusal by the whole middleware costs no memory: it must be cheapest when there is least to spare.</summary>
public sealed class RefusalMemoryTests
{
    private readonly TaskCompletionSource _held = new();

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(1, "application/grpc")]
    public void A_refusal_at_a_full_queue_allocates_nothing(int capacity, string contentType)
    {
        RequestDelegate pipeline = Pipeline(AppSetup.Limited(1, capacity));
        Task[] before = [.. Enumerable.Range(0, 1 + capacity).Select(_ => pipeline(Exchange().Context))]; // one runs, the others wait
        ReusedExchange exchange = Exchange();
        exchange.Context.Request.ContentType = contentType;

        Assert.Equal(0, BytesPerRun(() => exchange.Run(pipeline)));

        Assert.Equal(contentType.Length == 0 ? 503 : 200, exchange.Status);
        _held.SetResult();
        Assert.All(before, task => Assert.True(task.IsCompletedSuccessfully || !task.IsFaulted));
    }

    [Fact]
    public void A_refusal_of_a_request_without_time_allocates_nothing()
    {
        RequestDelegate pipeline = Pipeline(AppSetup.Limited(1, 0));
        ReusedExchange exchange = Exchange();
        exchange.Context.Request.Headers["Request-Timeout-Ms"] = "0";

        Assert.Equal(0, BytesPerRun(() => exchange.Run(pipeline)));

        Assert.Equal(503, exchange.Status);
    }

    [Fact]
    public void A_refusal_with_an_empty_body_allocates_nothing()
    {
        RequestDelegate pipeline = Pipeline(AppSetup.Limited(1, 0) + (options => options.Shed.Body = ShedBody.Empty));
        _ = pipeline(Exchange().Context);
        ReusedExchange exchange = Exchange();

        Assert.Equal(0, BytesPerRun(() => exchange.Run(pipeline)));

        Assert.Equal(503, exchange.Status);
        _held.SetResult();
    }

    [Fact]
    public void A_refusal_of_a_trusted_caller_allocates_nothing_while_the_server_stands_as_before()
    {
        RequestDelegate pipeline = Pipeline(AppSetup.Limited(1, 0) + (options =>
        {
            options.Headers.IsTrusted = static _ => true;
            options.Headers.EmitEnvoy = true;
            options.RetryBudget.Ratio = 0;
        }));
        _ = pipeline(Exchange().Context);
        ReusedExchange exchange = Exchange();

        Assert.Equal(0, BytesPerRun(() => exchange.Run(pipeline)));

        Assert.Equal(503, exchange.Status);
        _held.SetResult();
    }

    private static ReusedExchange Exchange() => new(new Endpoint(null, EndpointMetadataCollection.Empty, "endpoint"));

    /// <summary>What a run allocates always. Now and then something else does, such as the summary in the log every ten seconds.</summary>
    private static long BytesPerRun(Action run) => Enumerable.Range(0, 10).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 300; i++)
        {
            run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    });

    private RequestDelegate Pipeline(Action<BackpressureOptions> options)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddBackpressure(options);
        ApplicationBuilder app = new(services.BuildServiceProvider());
        app.UseBackpressure();
        app.Run(_ => _held.Task);
        return app.Build();
    }
}
