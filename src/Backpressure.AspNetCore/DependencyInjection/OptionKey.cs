using System.Globalization;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>One setting: where it stands in configuration, how its text is read, and the rule for its value. Reading, checking and the documentation test all use it.</summary>
/// <typeparam name="TOwner">The options that hold it.</typeparam>
internal sealed class OptionKey<TOwner>
{
    private readonly Func<TOwner, string, bool> _read;
    private readonly Func<TOwner, (bool Valid, string Text)> _check;

    private OptionKey(string path, string rule, Func<TOwner, string, bool> read, Func<TOwner, (bool Valid, string Text)> check)
    {
        Path = path;
        Rule = rule;
        _read = read;
        _check = check;
    }

    /// <summary>The path below the section, such as <c>Queue:Capacity</c>.</summary>
    public string Path { get; }

    /// <summary>What the value must be, to go after "must be".</summary>
    public string Rule { get; }

    /// <summary>Sets the option from its text; <see langword="false"/> when the text cannot be read as one.</summary>
    public bool TryRead(TOwner owner, string text) => _read(owner, text);

    /// <summary>The offending value; <see langword="null"/> when the rule holds.</summary>
    public string? Offence(TOwner owner)
    {
        (bool valid, string text) = _check(owner);
        return valid ? null : text;
    }

    public static OptionKey<TOwner> Whole(string path, int minimum, int maximum, Func<TOwner, int?> get, Action<TOwner, int> set) => new(
        path,
        $"a whole number from {minimum} to {maximum}",
        (owner, text) => Assign(int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value), value, owner, set),
        owner => (get(owner) is not int value || (value >= minimum && value <= maximum), Text(get(owner))));

    public static OptionKey<TOwner> Real(string path, double minimum, double maximum, Func<TOwner, double> get, Action<TOwner, double> set) => new(
        path,
        string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"),
        (owner, text) => Assign(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value), value, owner, set),
        owner => (get(owner) >= minimum && get(owner) <= maximum, Text(get(owner)))); // false for NaN, too

    public static OptionKey<TOwner> Span(string path, TimeSpan minimum, TimeSpan maximum, bool mayBeInfinite, Func<TOwner, TimeSpan> get, Action<TOwner, TimeSpan> set) => new(
        path,
        $"a time span such as 00:00:01.500 from {minimum:c} to {maximum:c}{(mayBeInfinite ? ", or Infinite" : "")}",
        (owner, text) => Assign(TryParseSpan(text, out TimeSpan value), value, owner, set),
        owner => ((get(owner) >= minimum && get(owner) <= maximum) || (mayBeInfinite && get(owner) == Timeout.InfiniteTimeSpan), get(owner).ToString("c")));

    public static OptionKey<TOwner> Choice<TEnum>(string path, Func<TOwner, TEnum?> get, Action<TOwner, TEnum> set)
        where TEnum : struct, Enum => new(
        path,
        $"one of {string.Join(", ", Enum.GetNames<TEnum>())}",
        (owner, text) => Assign(TryParseName(text, out TEnum value), value, owner, set),
        owner => (get(owner) is not TEnum value || Enum.IsDefined(value), Text(get(owner))));

    public static OptionKey<TOwner> Flag(string path, Action<TOwner, bool> set) => new(
        path,
        "true or false",
        (owner, text) => Assign(bool.TryParse(text, out bool value), value, owner, set),
        _ => (true, ""));

    private static bool Assign<T>(bool parsed, T value, TOwner owner, Action<TOwner, T> set)
    {
        if (parsed)
        {
            set(owner, value);
        }

        return parsed;
    }

    /// <summary>Reads a time span, but not a bare number: .NET would take 30 for thirty days.</summary>
    private static bool TryParseSpan(string text, out TimeSpan value)
    {
        if (string.Equals(text, "Infinite", StringComparison.OrdinalIgnoreCase))
        {
            value = Timeout.InfiniteTimeSpan;
            return true;
        }

        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads one name, but no number and no list of names: .NET would add up "Adaptive, Fixed".</summary>
    private static bool TryParseName<TEnum>(string text, out TEnum value)
        where TEnum : struct, Enum
    {
        value = default;
        return Enum.GetNames<TEnum>().Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(text, ignoreCase: true, out value);
    }

    private static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
