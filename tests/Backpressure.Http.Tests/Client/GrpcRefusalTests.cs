using System.Net;
using System.Net.Http.Headers;
using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;

namespace Backpressure.Http.Tests.Client;

/// <summary>What a real gRPC client makes of the handlers beneath it: it retries by itself, and each of its tries is a message of its own.</summary>
public class GrpcRefusalTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);
    private static readonly Method<byte[], byte[]> Order = new(MethodType.Unary, "Shop", "Order", Raw, Raw);

    [Fact]
    public async Task A_throttled_call_is_unavailable_and_not_tried_again()
    {
        var server = new ScriptedServer(_ => Refusal());
        using var client = new TestClient(server);
        using GrpcChannel channel = Channel(client, attempts: null);
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
        }

        using GrpcChannel retrying = Channel(client, attempts: 5);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => CallAsync(retrying));

        Assert.Equal(10, server.Received.Length);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("client-throttle", refusal.Status.Detail);
        Assert.Equal(1, client.Ended("refused")); // one try of five
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("1", 1)]
    public async Task A_try_that_says_it_is_not_the_first_earns_nothing(string? earlier, int expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.BadGateway);
        using var client = new TestClient(server, options =>
        {
            options.RetryRatio = 1;
            options.MinimumRetriesPerSecond = 0;
            options.MaximumAttempts = 2;
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        if (earlier is not null)
        {
            request.Headers.Add("grpc-previous-rpc-attempts", earlier);
        }

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal(expected, server.Received.Length);
    }

    [Fact] // R9: A6's throttling is off unless it is configured
    public async Task Its_retries_are_paid_out_of_the_budget()
    {
        const int Calls = 100;
        var server = new ScriptedServer(static _ => Failure());
        using var client = new TestClient(server, static options => options.MinimumRetriesPerSecond = 0);
        using GrpcChannel channel = Channel(client, attempts: 4);

        for (int i = 0; i < Calls; i++)
        {
            RpcException failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
            Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        }

        Assert.Equal(Calls + (Calls / 10), server.Received.Length);
        Assert.Equal(Calls / 10, client.Decided("sent"));
        Assert.Equal(Calls, client.Decided("over_budget")); // every call has ended with a try that is not paid for
    }

    [Fact]
    public async Task It_does_not_multiply_the_retries_of_the_request_in_whose_course_it_calls()
    {
        var server = new ScriptedServer(static _ => Failure());
        using var client = new TestClient(server, static options => options.RetryRatio = 1);
        using GrpcChannel channel = Channel(client, attempts: 4);
        AmbientRequest.Current = new AmbientRetry(IsRetry: true);

        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("nested"));
    }

    private static async Task CallAsync(GrpcChannel channel) =>
        await channel.CreateCallInvoker().AsyncUnaryCall(Order, host: null, default, []).ResponseAsync;

    private static HttpResponseMessage Refusal() => Failed(("Backpressure", "reason=queue-full"));

    private static HttpResponseMessage Failure() => Failed();

    private static HttpResponseMessage Failed(params (string Name, string Value)[] headers)
    {
        HttpResponseMessage response = ScriptedServer.Answer(HttpStatusCode.OK, [("grpc-status", "14"), .. headers]);
        response.Version = HttpVersion.Version20;
        response.Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        return response;
    }

    private static GrpcChannel Channel(TestClient client, int? attempts)
    {
        RetryPolicy? retries = attempts is null ? null : new RetryPolicy
        {
            MaxAttempts = attempts,
            InitialBackoff = TimeSpan.FromMilliseconds(1),
            MaxBackoff = TimeSpan.FromMilliseconds(1),
            BackoffMultiplier = 1,
            RetryableStatusCodes = { StatusCode.Unavailable },
        };
        return GrpcChannel.ForAddress("http://orders.test/", new GrpcChannelOptions
        {
            HttpClient = client.Http,
            ServiceConfig = retries is null ? null : new ServiceConfig { MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = retries } } },
        });
    }
}
