using Backpressure.Http.Client;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Tests.Protocol;

/// <summary>Reads headers with the production parser, and puts the result so that it can be held against vectors and reference.</summary>
internal static class Readings
{
    private static readonly string[] Words = ["sheddable", "normal", "critical"];

    /// <summary>The lines as a server hands them over: one entry per name.</summary>
    public static (string Name, int Lines, string Value)[] Fields(IEnumerable<(string Name, string Value)> lines) =>
        [.. lines.GroupBy(static line => line.Name, StringComparer.OrdinalIgnoreCase).Select(static group => (group.Key, group.Count(), group.First().Value))];

    public static RequestFields Understood(bool readGrpc, bool readEnvoy, bool readOthers) => RequestFields.Own
        | (readGrpc ? RequestFields.Grpc : 0) | (readEnvoy ? RequestFields.Envoy : 0) | (readOthers ? RequestFields.Others : 0);

    public static RequestClaims Read((string Name, int Lines, string Value)[] fields, RequestFields understood)
    {
        var reader = new RequestReader(understood);
        foreach ((string name, int lines, string value) in fields)
        {
            reader.Read(name, lines, value);
        }

        return reader.Claims;
    }

    public static RequestReading Put(RequestClaims claims) => new(
        claims.Attempt,
        claims.Timeout,
        claims.Criticality is { } criticality ? Words[criticality + 1] : null,
        string.Join(' ', RequestFieldNames.All.Where(name => claims.Junk.HasFlag(RequestFieldNames.Find(name))).Order(StringComparer.Ordinal)));

    public static HttpResponseMessage Response(IEnumerable<(string Name, string Value)> lines)
    {
        var response = new HttpResponseMessage();
        foreach ((string name, string value) in lines)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    public static ResponseReading Put(ServerAdvice advice, IEnumerable<(string Name, string Value)> lines)
    {
        BackpressureHeader told = default;
        foreach ((string _, string value) in lines.Where(static line => line.Name.Equals("Backpressure", StringComparison.OrdinalIgnoreCase)))
        {
            told.Read(value);
        }

        Assert.Equal(advice.HasReason, !told.Reason.IsEmpty);
        return new ResponseReading(advice.Delay, advice.ShouldRetry, advice.HasReason ? told.Reason.ToString() : null, advice.RetryRatio);
    }
}
