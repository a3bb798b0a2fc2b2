using System.Text.Json;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.Http;
using Backpressure.Http.Client;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Runs the vectors of docs/retry-budget.vectors.json as the server reads and writes them (H3, H5, H6).</summary>
public sealed class ProtocolConformanceTests
{
    private static readonly Dictionary<string, Func<FormattingVector, string?>> Written = new()
    {
        [BackpressureHeaders.RetryAttempt] = static vector => AttemptHeader.Format(vector.Input.GetProperty("earlier").GetInt32()),
        [BackpressureHeaders.RequestTimeoutMs] = static vector => TimeoutHeader.Format(vector.Time("remainingMs")),
        [GrpcTimeoutHeader.Name] = static vector => GrpcTimeoutHeader.Format(vector.Time("remainingMs")),
        ["Retry-After"] = static vector => RetryAfterValue.Of(vector.Time("waitMs")).Seconds,
        [BackpressureHeaders.RetryAfterMs] = static vector => RetryAfterValue.Of(vector.Time("waitMs")).Milliseconds,
        [BackpressureHeaders.Backpressure] = static vector => BackpressureWriter.Format(ReasonOf(vector) is { } reason ? ShedReasonText.Token(reason) : null, vector.Number("retry"), vector.Number("load")),
    };

    [Theory]
    [MemberData(nameof(RequestIds))]
    public void A_server_reads_the_request(string id)
    {
        RequestVector vector = ProtocolVectors.Requests[id];
        HeaderDictionary headers = [];
        foreach (IGrouping<string, string> lines in vector.Lines.GroupBy(static line => line.Name, static line => line.Value, StringComparer.OrdinalIgnoreCase))
        {
            headers[lines.Key] = lines.ToArray();
        }

        HeaderOptions options = new() { ReadGrpc = vector.ReadGrpc, ReadEnvoy = vector.ReadEnvoy, ReadOthers = vector.ReadOthers };
        RequestClaims claims = CallerHeaders.Read(headers, CallerHeaders.Understood(options));

        Assert.Equal(vector.Expected, Put(claims));
        if (vector.Server is { } server)
        {
            TimeSpan effective = CallerHeaders.Shorten(server.Own ?? Timeout.InfiniteTimeSpan, server.Minimum, claims);
            Assert.Equal(server.Effective ?? Timeout.InfiniteTimeSpan, effective);
        }
    }

    [Theory]
    [MemberData(nameof(ResponseIds))]
    public void A_client_of_a_handler_reads_the_response(string id)
    {
        ResponseVector vector = ProtocolVectors.Responses[id];
        using HttpResponseMessage response = new(vector.Status);
        foreach ((string name, string value) in vector.Lines)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        ServerAdvice advice = ServerAdvice.Read(response, vector.Now);

        ResponseReading expected = vector.Expected;
        Assert.Equal((expected.Delay, expected.ShouldRetry, expected.RetryRatio), (advice.Delay, advice.ShouldRetry, advice.RetryRatio));
        Assert.Equal(expected.Reason is not null, advice.HasReason);
        Assert.Equal(vector.NotExecuted, advice.ProvesNotExecuted(response.StatusCode));
    }

    [Theory]
    [MemberData(nameof(FormattingIds))]
    public void The_value_is_written(string id)
    {
        FormattingVector vector = ProtocolVectors.Formatting[id];

        Assert.Equal(vector.Value, Written[vector.Header](vector));
    }

    [Theory]
    [MemberData(nameof(BackpressureIds))]
    public void What_the_server_writes_of_itself_a_client_reads_back(string id)
    {
        FormattingVector vector = ProtocolVectors.Formatting[id];
        using HttpResponseMessage response = new(System.Net.HttpStatusCode.ServiceUnavailable);
        response.Headers.TryAddWithoutValidation(vector.Header, vector.Value ?? "");

        ServerAdvice advice = ServerAdvice.Read(response, DateTimeOffset.UnixEpoch);

        double? retry = vector.Number("retry") is >= 0 and <= 1 and { } ratio ? ratio : null;
        Assert.Equal(retry is not null, advice.RetryRatio is not null);
        Assert.InRange((retry - advice.RetryRatio) ?? 0, 0, 0.001); // never more than is accepted
        Assert.Equal(ReasonOf(vector) is not null, advice.HasReason);
    }

    [Fact]
    public async Task A_refusal_is_written_so_that_a_client_reads_it()
    {
        Turnstile turnstile = new();
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, turnstile));
        _ = await app.EnterAsync(turnstile);

        using HttpResponseMessage refusal = await app.GetAsync("/");

        ServerAdvice advice = ServerAdvice.Read(refusal, app.Time.GetUtcNow());
        Assert.True(advice.HasReason);
        Assert.InRange(advice.Delay!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));
    }

    public static TheoryData<string> RequestIds() => [.. ProtocolVectors.Requests.Keys];

    public static TheoryData<string> ResponseIds() => [.. ProtocolVectors.Responses.Keys];

    public static TheoryData<string> FormattingIds() => [.. ProtocolVectors.Formatting.Keys];

    public static TheoryData<string> BackpressureIds() => [.. ProtocolVectors.Formatting.Where(static pair => pair.Value.Header == BackpressureHeaders.Backpressure).Select(static pair => pair.Key)];

    private static ShedReason? ReasonOf(FormattingVector vector) => vector.Input.TryGetProperty("reason", out JsonElement reason) ? Enum.Parse<ShedReason>(reason.GetString()!) : null;

    private static RequestReading Put(RequestClaims claims) => new(
        claims.Attempt,
        claims.Timeout,
        claims.Criticality is { } criticality ? ((Criticality)criticality).ToString().ToLowerInvariant() : null,
        string.Join(' ', RequestFieldNames.All.Where(name => claims.Junk.HasFlag(RequestFieldNames.Find(name))).Order(StringComparer.Ordinal)));
}
