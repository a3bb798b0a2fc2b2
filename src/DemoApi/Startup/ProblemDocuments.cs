using Microsoft.AspNetCore.Mvc;

namespace DemoApi.Startup;

/// <summary>Gives every error a problem document: what a handler threw, and what no handler answered.</summary>
internal static class ProblemDocuments
{
    public static void AddProblemDocuments(this WebApplicationBuilder builder) =>
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Explain);

    /// <summary>Goes outside of everything that may fail.</summary>
    public static void UseProblemDocuments(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    private static void Explain(ProblemDetailsContext context)
    {
        ProblemDetails problem = context.ProblemDetails;
        HttpRequest request = context.HttpContext.Request;
        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status404NotFound => $"Nothing answers at '{request.Path}'. The front page, '/', lists what does.",
            StatusCodes.Status405MethodNotAllowed => $"'{request.Path}' does not answer to {request.Method}. The header Allow lists the methods that it answers to.",
            _ => null,
        };
    }
}
