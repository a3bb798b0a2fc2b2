using Backpressure.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the page that shows how the server stands.</summary>
public static class BackpressureEndpointRouteBuilderExtensions
{
    /// <summary>Serves a snapshot of limit, queue and counts as JSON, read only and exempt from admission. The live HTML page comes in a later version.</summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The route, such as <c>/backpressure</c>.</param>
    /// <returns>The endpoint. Outside Development it answers 404 unless <c>RequireAuthorization</c> or <c>AllowAnonymous</c> is called on it.</returns>
    /// <exception cref="InvalidOperationException"><c>AddBackpressure</c> was not called.</exception>
    public static IEndpointConventionBuilder MapBackpressureStatus(this IEndpointRouteBuilder endpoints, string pattern)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(StatusEndpoint)) == false)
        {
            throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddBackpressure' in the application startup code.");
        }

        RequestDelegate serve = static context => context.RequestServices.GetRequiredService<StatusEndpoint>().ServeAsync(context);
        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], serve).DisableBackpressure().WithDisplayName("Backpressure status");
    }
}
