using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DemoApi.Tests.Hosting;

/// <summary>Reads answers of the service.</summary>
public static class Answers
{
    /// <summary>The JSON of an answer.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The problem document of an answer, after checking that it is one and what it names.</summary>
    /// <returns>Its detail.</returns>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string? input = null)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await response.JsonAsync();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        if (input is not null)
        {
            Assert.Equal(input, problem.GetProperty("input").GetString());
        }

        return problem.GetProperty("detail").GetString()!;
    }
}
