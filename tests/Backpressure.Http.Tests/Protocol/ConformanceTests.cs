using System.Text.Json;
using Backpressure.Http.Client;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Tests.Protocol;

/// <summary>Runs the vectors of docs/retry-budget.vectors.json (H3, H5, H6, H8, H9).</summary>
public class ConformanceTests
{
    private static readonly Dictionary<string, Func<FormattingVector, string?>> Written = new()
    {
        ["Retry-Attempt"] = static vector => AttemptHeader.Format(vector.Input.GetProperty("earlier").GetInt32()),
        ["Request-Timeout-Ms"] = static vector => TimeoutHeader.Format(vector.Time("remainingMs")),
        ["Backpressure"] = static vector => BackpressureWriter.Format(TokenOf(vector), vector.Number("retry"), vector.Number("load")),
        ["grpc-timeout"] = static vector => GrpcTimeoutHeader.Format(vector.Time("remainingMs")),
    };

    [Theory]
    [MemberData(nameof(RequestIds))]
    public void A_server_reads_the_request(string id)
    {
        RequestVector vector = ProtocolVectors.Requests[id];

        RequestClaims claims = Readings.Read(Readings.Fields(vector.Lines), Readings.Understood(vector.ReadGrpc, vector.ReadEnvoy, vector.ReadOthers));

        Assert.Equal(vector.Expected, Readings.Put(claims));
    }

    [Theory]
    [MemberData(nameof(ResponseIds))]
    public void A_client_reads_the_response(string id)
    {
        ResponseVector vector = ProtocolVectors.Responses[id];
        using HttpResponseMessage response = Readings.Response(vector.Lines);

        ServerAdvice advice = ServerAdvice.Read(response, vector.Now);

        Assert.Equal(vector.Expected, Readings.Put(advice, vector.Lines));
        Assert.Equal(vector.NotExecuted, advice.ProvesNotExecuted(vector.Status));
    }

    [Theory]
    [MemberData(nameof(FormattingIds))]
    public void A_client_writes_the_value(string id)
    {
        FormattingVector vector = ProtocolVectors.Formatting[id];

        Assert.Equal(vector.Value, Written[vector.Header](vector));
    }

    private static string? TokenOf(FormattingVector vector) => vector.Input.TryGetProperty("reason", out JsonElement reason) ? JsonNamingPolicy.KebabCaseLower.ConvertName(reason.GetString()!) : null;

    public static TheoryData<string> RequestIds() => [.. ProtocolVectors.Requests.Keys];

    public static TheoryData<string> ResponseIds() => [.. ProtocolVectors.Responses.Keys];

    public static TheoryData<string> FormattingIds() => [.. ProtocolVectors.Formatting.Where(static pair => Written.ContainsKey(pair.Value.Header)).Select(static pair => pair.Key)];
}
