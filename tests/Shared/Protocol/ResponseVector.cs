using System.Net;
using System.Text.Json;

namespace Backpressure.Tests;

/// <summary>Status and headers of a response, and what a client must read from them at an instant.</summary>
internal sealed record ResponseVector(HttpStatusCode Status, DateTimeOffset Now, List<(string Name, string Value)> Lines, ResponseReading Expected, bool NotExecuted)
{
    public static ResponseVector Of(JsonElement vector)
    {
        JsonElement expected = vector.GetProperty("expect");
        JsonElement ratio = expected.GetProperty("retryRatio");
        JsonElement should = expected.GetProperty("shouldRetry");
        return new ResponseVector(
            (HttpStatusCode)vector.GetProperty("status").GetInt32(),
            vector.TryGetProperty("now", out JsonElement now) ? now.GetDateTimeOffset() : new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ProtocolVectors.LinesOf(vector),
            new ResponseReading(
                ProtocolVectors.TimeOf(expected.GetProperty("delayMs")),
                should.ValueKind == JsonValueKind.Null ? null : should.GetBoolean(),
                expected.GetProperty("reason").GetString(),
                ratio.ValueKind == JsonValueKind.Null ? null : ratio.GetDouble()),
            expected.GetProperty("notExecuted").GetBoolean());
    }
}
