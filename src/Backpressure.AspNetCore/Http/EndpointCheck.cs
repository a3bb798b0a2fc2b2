using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Finds, before the server listens, every endpoint that asks for a policy that does not exist, and those whose timeouts would read as refusals.</summary>
internal sealed partial class EndpointCheck
{
    private readonly PolicyTable _policies;
    private readonly EndpointDataSource? _endpoints;
    private readonly ILogger<EndpointCheck> _logger;

    public EndpointCheck(PolicyTable policies, EndpointDataSource? endpoints, ILogger<EndpointCheck> logger)
    {
        _logger = logger;
        _policies = policies;
        _endpoints = endpoints;
    }

    /// <exception cref="InvalidOperationException">Names every endpoint whose policy no options define, and the policies that exist.</exception>
    public void Run()
    {
        List<string> errors = [];
        List<string> misleading = [];
        foreach (Endpoint endpoint in _endpoints?.Endpoints ?? [])
        {
            try
            {
                EndpointPlan plan = _policies.For(endpoint);
                if (plan.Policy is { } policy && (plan.Timeout.Document.Status == policy.Shed.StatusCode || plan.Timeout.Document.Status == StatusCodes.Status503ServiceUnavailable))
                {
                    misleading.Add(plan.Name);
                }
            }
            catch (InvalidOperationException exception)
            {
                errors.Add(exception.Message);
            }
        }

        if (errors.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
        }

        if (misleading.Count > 0)
        {
            Log.TimeoutReadsAsRefusal(_logger, string.Join(", ", misleading));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8, LogLevel.Warning,
            "The request timeout policy answers with 503 or the status of refusals, which says that nothing was executed: {Endpoints}. Its timeouts may have been. They carry no Backpressure header; set another TimeoutStatusCode, such as 504.",
            EventName = "TimeoutReadsAsRefusal")]
        public static partial void TimeoutReadsAsRefusal(ILogger logger, string endpoints);
    }
}
