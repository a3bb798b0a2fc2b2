using System.Text.Json;

namespace Backpressure.Tests;

/// <summary>The headers of a request, and what a server must read from them.</summary>
internal sealed record RequestVector(List<(string Name, string Value)> Lines, bool ReadGrpc, bool ReadEnvoy, bool ReadOthers, RequestReading Expected, ServerTimes? Server)
{
    public static RequestVector Of(JsonElement vector)
    {
        JsonElement expected = vector.GetProperty("expect");
        return new RequestVector(
            ProtocolVectors.LinesOf(vector),
            Option(vector, "readGrpc", true),
            Option(vector, "readEnvoy", true),
            Option(vector, "readOthers", false),
            new RequestReading(
                expected.GetProperty("attempt").GetInt32(),
                ProtocolVectors.TimeOf(expected.GetProperty("timeoutMs")),
                expected.GetProperty("criticality").GetString(),
                string.Join(' ', expected.GetProperty("junk").EnumerateArray().Select(static name => name.GetString()).Order(StringComparer.Ordinal))),
            vector.TryGetProperty("server", out JsonElement server)
                ? new ServerTimes(
                    ProtocolVectors.TimeOf(server.GetProperty("timeoutMs")),
                    ProtocolVectors.TimeOf(server.GetProperty("minimumMs"))!.Value,
                    ProtocolVectors.TimeOf(expected.GetProperty("effectiveMs")))
                : null);
    }

    private static bool Option(JsonElement vector, string name, bool otherwise) =>
        vector.TryGetProperty("options", out JsonElement options) && options.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : otherwise;
}
