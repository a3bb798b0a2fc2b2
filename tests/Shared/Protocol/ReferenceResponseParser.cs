using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Backpressure.Tests;

/// <summary>Reads the headers of a response as docs/retry-budget-protocol.md says, word for word and without a thought of speed.</summary>
internal static partial class ReferenceResponseParser
{
    private static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]; // 1 January of the year 1 was a Monday
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly BigInteger SecondsPerDay = 86_400;

    public static ResponseReading Read(IEnumerable<(string Name, string Value)> lines, DateTimeOffset now)
    {
        ILookup<string, string> fields = lines.ToLookup(static line => line.Name.ToLowerInvariant(), static line => line.Value);
        List<Dictionary<string, object>?> members = [.. fields["backpressure"].Select(ReferenceStructuredFields.Dictionary)];
        Dictionary<string, object> all = [];
        foreach ((string key, object value) in members.Contains(null) ? [] : members.SelectMany(static line => line!))
        {
            all[key] = value;
        }

        string? should = Scalar(fields, "x-should-retry");
        return new ResponseReading(
            Milliseconds(Scalar(fields, "retry-after-ms")) ?? Seconds(Scalar(fields, "retry-after"), now),
            should is "true" or "false" ? should == "true" : null,
            all.GetValueOrDefault("reason") is ReferenceStructuredFields.Token reason ? reason.Text : null,
            all.GetValueOrDefault("retry") is decimal and >= 0 and <= 1 and decimal ratio ? (double)ratio : null);
    }

    private static string? Scalar(ILookup<string, string> fields, string name) => fields[name].Count() == 1 ? fields[name].Single() : null;

    private static TimeSpan? Milliseconds(string? value) => value is not null && Number().IsMatch(value)
        ? TimeSpan.FromMilliseconds((long)BigInteger.Min(BigInteger.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture), SecondsPerDay * 1000))
        : null;

    private static TimeSpan? Seconds(string? value, DateTimeOffset now)
    {
        if (value is null || Number().IsMatch(value))
        {
            return value is null ? null : TimeSpan.FromSeconds((long)BigInteger.Min(BigInteger.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture), SecondsPerDay));
        }

        BigInteger? date = Date(value, now);
        BigInteger difference = ((date ?? 0) * TimeSpan.TicksPerSecond) - now.UtcTicks;
        return date is null ? null : new TimeSpan((long)BigInteger.Max(0, BigInteger.Min(difference, SecondsPerDay * TimeSpan.TicksPerSecond)));
    }

    /// <summary>Seconds since the beginning of the year 1; <see langword="null"/> for no date.</summary>
    private static BigInteger? Date(string value, DateTimeOffset now)
    {
        Match match = new[] { Fixed(), Rfc850(), Asctime() }.Select(form => form.Match(value)).FirstOrDefault(static match => match.Success) ?? Match.Empty;
        int month = Array.IndexOf(Months, match.Groups["month"].Value);
        if (month < 0)
        {
            return null;
        }

        bool isShort = match.Groups["year"].Length == 2;
        int year = Part(match, "year") + (isShort ? now.Year / 100 * 100 : 0);
        BigInteger? seconds = Instant(match, year, month, out int weekday);
        if (isShort && (seconds * TimeSpan.TicksPerSecond) - now.UtcTicks > 18_262 * SecondsPerDay * TimeSpan.TicksPerSecond)
        {
            seconds = Instant(match, year - 100, month, out weekday);
        }

        return match.Groups["weekday"].Value == (isShort ? Weekdays[weekday] : Weekdays[weekday][..3]) ? seconds : null;
    }

    private static BigInteger? Instant(Match match, int year, int month, out int weekday)
    {
        bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int[] lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        int day = Part(match, "day");
        weekday = 0;
        if (year < 1 || day < 1 || day > lengths[month] || Part(match, "hour") > 23 || Part(match, "minute") > 59 || Part(match, "second") > 60)
        {
            return null;
        }

        int before = year - 1;
        int days = (before * 365) + (before / 4) - (before / 100) + (before / 400) + lengths.Take(month).Sum() + day - 1;
        weekday = days % 7;
        return (days * SecondsPerDay) + (Part(match, "hour") * 3600) + (Part(match, "minute") * 60) + Part(match, "second");
    }

    private static int Part(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[0-9]+\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"\A(?<weekday>[A-Za-z]{3}), (?<day>[0-9]{2}) (?<month>[A-Za-z]{3}) (?<year>[0-9]{4}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT\z")]
    private static partial Regex Fixed();

    [GeneratedRegex(@"\A(?<weekday>[A-Za-z]+), (?<day>[0-9]{2})-(?<month>[A-Za-z]{3})-(?<year>[0-9]{2}) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) GMT\z")]
    private static partial Regex Rfc850();

    [GeneratedRegex(@"\A(?<weekday>[A-Za-z]{3}) (?<month>[A-Za-z]{3}) (?<day>[0-9]{2}| [0-9]) (?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2}) (?<year>[0-9]{4})\z")]
    private static partial Regex Asctime();
}
