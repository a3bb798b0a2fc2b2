using System.Globalization;
using System.Text;
using System.Text.Json;
using Backpressure.AspNetCore;
using Backpressure.Http;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Flood;

/// <summary>What the protocol says of a 503, written down once more and not taken from the server's code.</summary>
internal static class Refusal
{
    private static readonly Dictionary<string, ShedReason> Tokens = new()
    {
        ["queue-full"] = ShedReason.QueueFull,
        ["queue-timeout"] = ShedReason.QueueTimeout,
        ["deadline-infeasible"] = ShedReason.DeadlineInfeasible,
        ["retry-budget"] = ShedReason.RetryBudget,
        ["displaced"] = ShedReason.Displaced,
        ["draining"] = ShedReason.Draining,
    };

    /// <summary>The reason that the header gives.</summary>
    /// <exception cref="KeyNotFoundException">It gives none that the protocol knows.</exception>
    public static ShedReason ReasonOf(Answer answer) => Tokens[TokenOf(answer)];

    /// <summary>Checks everything but the wait.</summary>
    public static void AssertHonest(Answer answer)
    {
        Assert.Equal("no-store", answer["Cache-Control"]);
        AssertProblem(answer, status: 503);
        using JsonDocument problem = JsonDocument.Parse(answer.Body);
        Assert.Contains(TokenOf(answer), Tokens.Keys);
        Assert.Equal(TokenOf(answer), problem.RootElement.GetProperty("reason").GetString());
    }

    /// <summary>Checks that an answer carries a problem document (RFC 9457) of its own status, whole.</summary>
    public static void AssertProblem(Answer answer, int status)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer["Content-Type"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(answer.Body).ToString(CultureInfo.InvariantCulture), answer["Content-Length"]);
        using JsonDocument problem = JsonDocument.Parse(answer.Body);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
    }

    private static string TokenOf(Answer answer)
    {
        string field = answer[BackpressureHeaders.Backpressure] ?? "";
        string token = field.Split(',', ';')[0];
        return token.StartsWith("reason=", StringComparison.Ordinal) ? token["reason=".Length..] : $"no reason in '{field}'";
    }
}
