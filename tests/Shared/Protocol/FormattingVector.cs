using System.Globalization;
using System.Text.Json;

namespace Backpressure.Tests;

/// <summary>A header, what its sender knows, and the value that it writes; <see langword="null"/> for no header.</summary>
internal sealed record FormattingVector(string Header, JsonElement Input, string? Value)
{
    public static FormattingVector Of(JsonElement vector) =>
        new(vector.GetProperty("header").GetString()!, vector.GetProperty("input"), vector.GetProperty("value").GetString());

    /// <summary>A number of the input, which may be one that JSON has no digits for; <see langword="null"/> where it is not there.</summary>
    public double? Number(string name) => Input.TryGetProperty(name, out JsonElement number)
        ? number.ValueKind == JsonValueKind.String ? double.Parse(number.GetString()!, CultureInfo.InvariantCulture) : number.GetDouble()
        : null;

    /// <summary>A time of the input.</summary>
    public TimeSpan Time(string name) => ProtocolVectors.TimeOf(Input.GetProperty(name))!.Value;
}
