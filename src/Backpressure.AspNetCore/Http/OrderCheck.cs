using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Notices that the middleware runs before routing, where it cannot see which policy an endpoint asks for, and says so once.</summary>
internal sealed partial class OrderCheck
{
    private readonly ILogger<OrderCheck> _logger;
    private int _warned; // Interlocked only

    public OrderCheck(ILogger<OrderCheck> logger) => _logger = logger;

    /// <summary>Looks, when a request that had no endpoint is done, whether it has got one with settings of ours.</summary>
    /// <param name="context">The request.</param>
    /// <param name="request">The same as we see it.</param>
    /// <param name="number">Its number when it came.</param>
    /// <param name="run">Ends when we are done with it.</param>
    public Task WatchAsync(HttpContext context, GovernedRequest request, long number, Task run) => Volatile.Read(ref _warned) == 0 ? LookAsync(context, request, number, run) : run;

    private async Task LookAsync(HttpContext context, GovernedRequest request, long number, Task run)
    {
        await run;
        if (request.IsComplete || request.Number != number)
        {
            return; // by somebody outside who did not wait: the context may be in use for another request, and so may what we saw it by
        }

        EndpointMetadataCollection? metadata = context.GetEndpoint()?.Metadata;
        bool isOurs = metadata?.GetMetadata<EnableBackpressureAttribute>() is not null || metadata?.GetMetadata<DisableBackpressureAttribute>() is not null;
        if (isOurs && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            Log.BeforeRouting(_logger, context.GetEndpoint()!.DisplayName);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7, LogLevel.Warning,
            "UseBackpressure runs before routing, so the policy of endpoint '{Endpoint}' did not act and the default policy did. Call UseBackpressure after UseRouting.",
            EventName = "MiddlewareBeforeRouting")]
        public static partial void BeforeRouting(ILogger logger, string? endpoint);
    }
}
