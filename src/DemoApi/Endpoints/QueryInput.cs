using System.Globalization;
using System.Text;

namespace DemoApi.Endpoints;

/// <summary>Reads the parameters of a query and collects every rule that they break, so that one answer names all.</summary>
internal sealed class QueryInput
{
    private readonly Dictionary<string, List<string>> _raw = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _inputs = [];
    private readonly List<string> _errors = [];

    public QueryInput(QueryString query)
    {
        foreach (string pair in (query.Value ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? pair : pair[..equals];
            if (!_raw.TryGetValue(name, out List<string>? values))
            {
                _raw.Add(name, values = []);
            }

            values.Add(equals < 0 ? "" : pair[(equals + 1)..]);
        }
    }

    /// <summary>The answer when a rule was broken; <see langword="null"/> while none is.</summary>
    public IResult? Refusal => _errors.Count == 0 ? null : Problems.BadInput(string.Join(", ", _inputs), string.Join(" ", _errors));

    /// <summary>A whole number; <paramref name="absent"/> when the parameter is missing or empty.</summary>
    public int? Whole(string name, int minimum, int maximum, int? absent)
    {
        byte[] bytes = Bytes(name);
        if (bytes.Length == 0)
        {
            return absent;
        }

        if (int.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        Note(name, $"must be a whole number from {minimum} to {maximum} (was '{Quote(bytes)}').");
        return absent;
    }

    /// <summary>The decoded bytes of a parameter; none when it is missing or empty.</summary>
    public byte[] Bytes(string name)
    {
        if (!_raw.TryGetValue(name, out List<string>? values))
        {
            return [];
        }

        if (values.Count > 1)
        {
            Note(name, $"must be given once (was given {values.Count} times).");
            return [];
        }

        (byte[]? bytes, string? broken) = PercentText.Decode(values[0], plusIsSpace: true);
        if (bytes is null)
        {
            Note(name, broken!);
        }

        return bytes ?? [];
    }

    /// <summary>Notes a rule that a parameter breaks; the sentence goes on after the name.</summary>
    public void Note(string name, string broken)
    {
        _inputs.Add(name);
        _errors.Add($"{name} {broken}");
    }

    private static string Quote(byte[] bytes)
    {
        const int Longest = 40;
        string text = Encoding.UTF8.GetString(bytes);
        return text.Length <= Longest ? text : $"{text[..Longest]}…";
    }
}
