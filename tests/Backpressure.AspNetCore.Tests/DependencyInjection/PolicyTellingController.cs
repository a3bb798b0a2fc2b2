using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>A controller whose actions tell which policy governs them.</summary>
[ApiController]
public sealed class PolicyTellingController : ControllerBase
{
    [HttpGet("/silent")]
    public string? Silent() => HttpContext.Features.Get<IBackpressureFeature>()?.Policy;

    [HttpGet("/described")]
    [ProducesResponseType<string>(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable)]
    public string? Described() => HttpContext.Features.Get<IBackpressureFeature>()?.Policy;
}
