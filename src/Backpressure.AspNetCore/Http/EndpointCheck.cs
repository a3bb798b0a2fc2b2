using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Backpressure.AspNetCore.Http;

/// <summary>Finds, before the server listens, every endpoint that asks for a policy that does not exist.</summary>
internal sealed class EndpointCheck
{
    private readonly PolicyTable _policies;
    private readonly EndpointDataSource? _endpoints;

    public EndpointCheck(PolicyTable policies, EndpointDataSource? endpoints)
    {
        _policies = policies;
        _endpoints = endpoints;
    }

    /// <exception cref="InvalidOperationException">Names every endpoint whose policy no options define, and the policies that exist.</exception>
    public void Run()
    {
        List<string> errors = [];
        foreach (Endpoint endpoint in _endpoints?.Endpoints ?? [])
        {
            try
            {
                _policies.For(endpoint);
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
    }
}
