using Backpressure.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Backpressure into the pipeline of an application.</summary>
public static class BackpressureApplicationBuilderExtensions
{
    /// <summary>Governs every request that comes this far: call it after routing and CORS and before authentication, so that a refusal costs less than a token check and a browser may read it.</summary>
    /// <param name="app">The pipeline.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="InvalidOperationException"><c>AddBackpressure</c> was not called; or, when the pipeline is built, an endpoint asks for a policy that no options define.</exception>
    public static IApplicationBuilder UseBackpressure(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<IServiceProviderIsService>()?.IsService(typeof(RequestGovernor)) == false)
        {
            throw new InvalidOperationException(
                "Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddBackpressure' in the application startup code.");
        }

        return app.UseMiddleware<BackpressureMiddleware>();
    }
}
