using System.Text.Json;
using Backpressure.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class ProblemDocumentsTests
{
    public static TheoryData<ShedReason> Reasons => [.. Enum.GetValues<ShedReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_refusal_is_a_problem_document_with_its_reason(ShedReason reason)
    {
        JsonElement problem = JsonElement.Parse(new ProblemDocuments(503, 504).Shed(reason).Bytes.Span);

        Assert.Equal("https://tools.ietf.org/html/rfc9110#section-15.6.4", problem.GetProperty("type").GetString());
        Assert.Equal("Service Unavailable", problem.GetProperty("title").GetString());
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Equal(ShedReasonText.Sentence(reason), problem.GetProperty("detail").GetString());
        Assert.Equal(ShedReasonText.Token(reason), problem.GetProperty("reason").GetString());
    }

    [Fact]
    public void A_timeout_is_a_problem_document_that_promises_nothing()
    {
        JsonElement problem = JsonElement.Parse(new ProblemDocuments(503, 504).Timeout.Bytes.Span);

        Assert.Equal("https://tools.ietf.org/html/rfc9110#section-15.6.5", problem.GetProperty("type").GetString());
        Assert.Equal("Gateway Timeout", problem.GetProperty("title").GetString());
        Assert.Equal(504, problem.GetProperty("status").GetInt32());
        Assert.Contains("may have been executed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(problem.TryGetProperty("reason", out _));
    }

    [Fact]
    public void Another_status_has_its_own_title_and_no_link()
    {
        JsonElement problem = JsonElement.Parse(new ProblemDocuments(429, 408).Shed(ShedReason.QueueFull).Bytes.Span);

        Assert.Equal("about:blank", problem.GetProperty("type").GetString());
        Assert.Equal("Too Many Requests", problem.GetProperty("title").GetString());
        Assert.Equal(429, problem.GetProperty("status").GetInt32());
    }
}
