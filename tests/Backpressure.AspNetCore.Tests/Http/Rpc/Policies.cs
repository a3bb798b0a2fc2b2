using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>Service configurations of gRPC clients that try again what is unavailable, and do not wait by themselves.</summary>
internal static class Policies
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public static ServiceConfig Retries(int attempts, RetryThrottlingPolicy? throttling = null) => new()
    {
        RetryThrottling = throttling,
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = attempts,
                    InitialBackoff = Shortest,
                    MaxBackoff = Shortest,
                    BackoffMultiplier = 1,
                    RetryableStatusCodes = { StatusCode.Unavailable },
                },
            },
        },
    };

    public static ServiceConfig Hedges(int attempts, TimeSpan delay) => new()
    {
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                HedgingPolicy = new HedgingPolicy { MaxAttempts = attempts, HedgingDelay = delay, NonFatalStatusCodes = { StatusCode.Unavailable } },
            },
        },
    };
}
