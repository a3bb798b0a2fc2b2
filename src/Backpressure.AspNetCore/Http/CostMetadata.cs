using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What an endpoint says of the permits that its requests take.</summary>
/// <param name="Permits">Asks for each request.</param>
internal sealed record CostMetadata(Func<HttpContext, int> Permits);
