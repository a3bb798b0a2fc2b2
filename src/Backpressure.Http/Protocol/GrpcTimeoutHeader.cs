using System.Globalization;

namespace Backpressure.Http.Protocol;

/// <summary>Reads and writes the value of <c>grpc-timeout</c>: one to eight ASCII digits and a unit, H, M, S, m (milliseconds), u (microseconds) or n (nanoseconds) (gRPC over HTTP/2, "Timeout").</summary>
internal static class GrpcTimeoutHeader
{
    public const string Name = "grpc-timeout";

    private const int MaximumDigits = 8;
    private const long MaximumNumber = 99_999_999;

    /// <summary>Zero is a valid value, as grpc-go writes it: the caller's time is already up. Less than a tick, which is 100 ns, counts as one, because it is not zero.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        if (value.IsEmpty || !Digits.TryParse(value[..^1], MaximumDigits, out long number))
        {
            return false;
        }

        long? ticks = value[^1] switch
        {
            'H' => number * TimeSpan.TicksPerHour,
            'M' => number * TimeSpan.TicksPerMinute,
            'S' => number * TimeSpan.TicksPerSecond,
            'm' => number * TimeSpan.TicksPerMillisecond,
            'u' => number * TimeSpan.TicksPerMicrosecond,
            'n' => (number + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>Rounds down, in the finest unit whose number has eight digits at most, so that no more time is promised than there is; but never below one tick: zero is not in the
    /// grammar, and Grpc.AspNetCore takes whatever is less than a tick for no deadline at all.</summary>
    public static string Format(TimeSpan remaining)
    {
        long ticks = Math.Max(remaining.Ticks, 1);
        (long number, char unit) = ticks switch
        {
            <= MaximumNumber / TimeSpan.NanosecondsPerTick => (ticks * TimeSpan.NanosecondsPerTick, 'n'),
            < (MaximumNumber + 1) * TimeSpan.TicksPerMicrosecond => (ticks / TimeSpan.TicksPerMicrosecond, 'u'),
            < (MaximumNumber + 1) * TimeSpan.TicksPerMillisecond => (ticks / TimeSpan.TicksPerMillisecond, 'm'),
            < (MaximumNumber + 1) * TimeSpan.TicksPerSecond => (ticks / TimeSpan.TicksPerSecond, 'S'),
            < (MaximumNumber + 1) * TimeSpan.TicksPerMinute => (ticks / TimeSpan.TicksPerMinute, 'M'),
            _ => (Math.Min(ticks / TimeSpan.TicksPerHour, MaximumNumber), 'H'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
    }
}
