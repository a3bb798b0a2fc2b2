using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>Reads a refusal as its caller does.</summary>
internal static class Refusal
{
    public static string Header(this HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    public static TimeSpan RetryAfter(this HttpResponseMessage answer) =>
        TimeSpan.FromMilliseconds(int.Parse(answer.Header("Retry-After-Ms"), NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>The token that says why.</summary>
    public static string Reason(this HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        string header = answer.Header("Backpressure");
        Assert.StartsWith("reason=", header, StringComparison.Ordinal);
        return header["reason=".Length..];
    }

    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.ToString());
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}
