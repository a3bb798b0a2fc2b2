using System.Text.Json;

namespace Backpressure.Simulation.Reading;

/// <summary>A value of a document, with its path for whoever must be told what is wrong with it.</summary>
/// <remarks>Reading never stops at an error: it notes it, goes on with something harmless, and whoever reads says at the end what was noted.</remarks>
internal sealed class DocumentNode
{
    private readonly JsonElement _element;
    private readonly List<string> _errors;

    public DocumentNode(JsonElement element, string path, List<string> errors)
    {
        _element = element;
        Path = path;
        _errors = errors;
    }

    public string Path { get; }

    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    public void Note(string rule) => _errors.Add($"{Path}: {rule}");

    /// <summary>Checks that it is an object with no other keys than these.</summary>
    public bool IsObject(params string[] keys)
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            Note($"must be an object with the keys {string.Join(", ", keys)}.");
            return false;
        }

        HashSet<string> seen = [];
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!keys.Contains(property.Name))
            {
                Child(property.Name, property.Value).Note($"is no key that is known here. Take it out, or use one of {string.Join(", ", keys)}.");
            }
            else if (!seen.Add(property.Name))
            {
                Child(property.Name, property.Value).Note("stands there twice. Take one out.");
            }
        }

        return true;
    }

    /// <summary>A member of an object; <see langword="null"/> if there is none.</summary>
    public DocumentNode? Optional(string key) =>
        _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(key, out JsonElement value) ? Child(key, value) : null;

    /// <summary>A member that must be there; <see langword="null"/>, and noted, if there is none.</summary>
    public DocumentNode? Required(string key, string example)
    {
        DocumentNode? member = Optional(key);
        if (member is null)
        {
            Child(key, default).Note($"is missing. Add it, for example {example}.");
        }

        return member;
    }

    /// <summary>All members of an object.</summary>
    public IEnumerable<(string Key, DocumentNode Value)> Members() =>
        _element.ValueKind == JsonValueKind.Object ? [.. _element.EnumerateObject().Select(one => (one.Name, Child(one.Name, one.Value)))] : [];

    /// <summary>The items of a list that must not be empty.</summary>
    public DocumentNode[] Items(string example)
    {
        if (_element.ValueKind != JsonValueKind.Array || _element.GetArrayLength() == 0)
        {
            Note($"must be a list with one item at least, for example {example}.");
            return [];
        }

        return [.. _element.EnumerateArray().Select((item, index) => new DocumentNode(item, $"{Path}[{index}]", _errors))];
    }

    public double Number(double least, double most, string example)
    {
        if (_element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out double value) && value >= least && value <= most)
        {
            return value;
        }

        Note($"must be a number from {least} to {most}, for example {example}; it is {Shown}.");
        return least;
    }

    public long Whole(long least, long most, string example)
    {
        if (_element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out long value) && value >= least && value <= most)
        {
            return value;
        }

        Note($"must be a whole number from {least} to {most}, for example {example}; it is {Shown}.");
        return least;
    }

    public string Text(string example)
    {
        if (_element.ValueKind == JsonValueKind.String && _element.GetString() is { } text && !string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        Note($"must be a text that is not empty, for example {example}; it is {Shown}.");
        return "";
    }

    /// <summary>One of the names that stand for something.</summary>
    public T Choice<T>(params (string Name, T Value)[] choices)
    {
        string? text = _element.ValueKind == JsonValueKind.String ? _element.GetString() : null;
        foreach ((string name, T value) in choices)
        {
            if (name == text)
            {
                return value;
            }
        }

        Note($"must be one of {string.Join(", ", choices.Select(choice => $"\"{choice.Name}\""))}; it is {Shown}.");
        return choices[0].Value;
    }

    private string Shown => _element.GetRawText() is { Length: > 60 } text ? $"{text[..60]}…" : _element.GetRawText();

    private DocumentNode Child(string key, JsonElement value) => new(value, $"{Path}.{key}", _errors);
}
