using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Http;

/// <summary>Tells OpenAPI that an endpoint may refuse.</summary>
internal static class ShedMetadata
{
    /// <summary>Adds the response of a refusal, as the endpoint's policy has it, unless the endpoint describes that status itself.</summary>
    public static void AddTo(EndpointBuilder endpoint)
    {
        string? name = endpoint.Metadata.OfType<EnableBackpressureAttribute>().LastOrDefault()?.PolicyName;
        if (name is null || endpoint.Metadata.OfType<DisableBackpressureAttribute>().Any() || endpoint.ApplicationServices.GetService<PolicyTable>()?.Named(name) is not { IsOff: false, Shed: { } shed })
        {
            return; // whoever starts the host is told of a policy that does not exist by other means
        }

        if (endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().All(response => response.StatusCode != shed.StatusCode))
        {
            endpoint.Metadata.Add(shed.Body == ShedBody.Empty
                ? new ProducesResponseTypeMetadata(shed.StatusCode, typeof(void))
                : new ProducesResponseTypeMetadata(shed.StatusCode, typeof(ProblemDetails), [ProblemAnswer.ContentType]));
        }
    }
}
