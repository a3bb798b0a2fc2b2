namespace Backpressure.Http.Protocol;

/// <summary>Reads an HTTP date in its three forms (RFC 9110 section 5.6.7), to the letter: the preferred one and the two that are obsolete but must still be read.</summary>
internal static class HttpDate
{
    private const int FixedLength = 29; // Sun, 06 Nov 1994 08:49:37 GMT
    private const int AsctimeLength = 24; // Sun Nov  6 08:49:37 1994
    private const int Rfc850Tail = 24; // of Sunday, 06-Nov-94 08:49:37 GMT what follows the name of the day
    private const long FiftyYears = 18_262L * TimeSpan.TicksPerDay;
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>The instant as ticks of UTC. A day that is not the weekday that it is called is no date.</summary>
    /// <param name="text">The date.</param>
    /// <param name="now">The instant by which a year of two digits is understood: one that would lie more than fifty years ahead lies in the past.</param>
    /// <param name="ticks">The instant; 0 for what is no date.</param>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out long ticks)
    {
        ticks = 0;
        if (text.Length == FixedLength && text[3] == ',')
        {
            return text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' && text[25..] is " GMT"
                && TryCombine(Number(text[12..16]), text[8..11], Number(text[5..7]), text[17..25], out DateTime day, out ticks)
                && IsCalled(day, text[..3], isShort: true, ref ticks);
        }

        if (text.Length == AsctimeLength && text[3] == ' ')
        {
            return text[7] == ' ' && text[10] == ' ' && text[19] == ' '
                && TryCombine(Number(text[20..]), text[4..7], Number(text[8] == ' ' ? text[9..10] : text[8..10]), text[11..19], out DateTime day, out ticks)
                && IsCalled(day, text[..3], isShort: true, ref ticks);
        }

        return text.Length > Rfc850Tail && TryParseRfc850(text[..^Rfc850Tail], text[^Rfc850Tail..], now, out ticks);
    }

    private static bool TryParseRfc850(ReadOnlySpan<char> name, ReadOnlySpan<char> tail, DateTimeOffset now, out long ticks)
    {
        ticks = 0;
        int year = Number(tail[9..11]);
        if (year < 0 || tail[..2] is not ", " || tail[4] != '-' || tail[8] != '-' || tail[11] != ' ' || tail[20..] is not " GMT")
        {
            return false;
        }

        year += now.Year / 100 * 100;
        int dayOfMonth = Number(tail[2..4]);
        bool isDate = TryCombine(year, tail[5..8], dayOfMonth, tail[12..20], out DateTime day, out ticks);
        if (isDate && ticks - now.UtcTicks > FiftyYears)
        {
            isDate = TryCombine(year - 100, tail[5..8], dayOfMonth, tail[12..20], out day, out ticks);
        }

        return isDate && IsCalled(day, name, isShort: false, ref ticks);
    }

    private static bool TryCombine(int year, ReadOnlySpan<char> monthName, int day, ReadOnlySpan<char> time, out DateTime date, out long ticks)
    {
        date = default;
        ticks = 0;
        int month = Months.AsSpan().IndexOf(monthName);
        int hour = Number(time[..2]);
        int minute = Number(time[3..5]);
        int second = Number(time[6..]);
        bool isTime = time[2] == ':' && time[5] == ':' && hour is >= 0 and <= 23 && minute is >= 0 and <= 59 && second is >= 0 and <= 60; // 60 is a leap second
        if (!isTime || year < 1 || month % 3 != 0 || day < 1 || day > DateTime.DaysInMonth(year, (month / 3) + 1))
        {
            return false;
        }

        date = new DateTime(year, (month / 3) + 1, day);
        ticks = date.Ticks + (((((hour * 60L) + minute) * 60) + second) * TimeSpan.TicksPerSecond);
        return true;
    }

    private static bool IsCalled(DateTime day, ReadOnlySpan<char> name, bool isShort, ref long ticks)
    {
        string full = Days[(int)day.DayOfWeek];
        bool isCalled = name.SequenceEqual(isShort ? full.AsSpan(0, 3) : full);
        ticks = isCalled ? ticks : 0;
        return isCalled;
    }

    /// <summary>-1 for anything but digits.</summary>
    private static int Number(ReadOnlySpan<char> digits) => Digits.TryParse(digits, digits.Length, out long number) ? (int)number : -1;
}
