using System.Text.Json;

namespace Backpressure.Tests;

/// <summary>The conformance vectors of docs/retry-budget-protocol.md, which both packages' tests run.</summary>
internal static class ProtocolVectors
{
    private static readonly JsonDocument File = JsonDocument.Parse(Repository.Read("docs/retry-budget.vectors.json"));

    /// <summary>Header sets of requests, by their ids.</summary>
    public static IReadOnlyDictionary<string, RequestVector> Requests { get; } = Read("requests", RequestVector.Of);

    /// <summary>Header sets of responses, by their ids.</summary>
    public static IReadOnlyDictionary<string, ResponseVector> Responses { get; } = Read("responses", ResponseVector.Of);

    /// <summary>Values that a sender writes, by their ids.</summary>
    public static IReadOnlyDictionary<string, FormattingVector> Formatting { get; } = Read("formatting", FormattingVector.Of);

    /// <summary>The category of every vector, the same as often as there are vectors.</summary>
    public static IEnumerable<string> Categories(string kind) => File.RootElement.GetProperty(kind).EnumerateArray().Select(static vector => vector.GetProperty("category").GetString()!);

    /// <summary>The field lines of a vector: a name and a value each, the value repeated as often as a third element says.</summary>
    public static List<(string Name, string Value)> LinesOf(JsonElement vector) =>
    [
        .. vector.GetProperty("headers").EnumerateArray().Select(static line => (
            line[0].GetString()!,
            string.Concat(Enumerable.Repeat(line[1].GetString()!, line.GetArrayLength() > 2 ? line[2].GetInt32() : 1)))),
    ];

    /// <summary>A time in milliseconds, which may be less than one; <see langword="null"/> for none.</summary>
    public static TimeSpan? TimeOf(JsonElement milliseconds) =>
        milliseconds.ValueKind == JsonValueKind.Null ? null : new TimeSpan((long)(milliseconds.GetDecimal() * TimeSpan.TicksPerMillisecond));

    private static Dictionary<string, T> Read<T>(string kind, Func<JsonElement, T> read) =>
        File.RootElement.GetProperty(kind).EnumerateArray().ToDictionary(static vector => vector.GetProperty("id").GetString()!, read);
}
