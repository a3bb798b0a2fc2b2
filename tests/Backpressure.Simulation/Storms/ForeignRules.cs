using System.Globalization;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>How a client of others tries again.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="MaximumAttempts">How often it sends a call at most.</param>
/// <param name="Timeout">How long it waits for the answer to an attempt.</param>
internal sealed record ForeignRules(string Name, int MaximumAttempts, TimeSpan Timeout)
{
    private static readonly TimeSpan LongestObeyed = TimeSpan.FromMinutes(1);

    /// <summary>Whether it obeys <c>X-Should-Retry</c>.</summary>
    public bool ReadsShouldRetry { get; init; }

    /// <summary>Whether it obeys <c>Retry-After-Ms</c>.</summary>
    public bool ReadsMilliseconds { get; init; }

    /// <summary>Whether it obeys <c>Retry-After</c>.</summary>
    public bool ReadsSeconds { get; init; }

    /// <summary>The header by which it says how many tries came before; <see langword="null"/> for none.</summary>
    public string? CountHeader { get; init; }

    /// <summary>How long it waits before a retry when it was told nothing, by the number of the retry and a draw from 0 to 1.</summary>
    public Func<int, double, TimeSpan> BackOff { get; init; } = (_, _) => TimeSpan.FromMilliseconds(100);

    /// <summary>Three retries a tenth of a second apart, whatever anybody says: what people write by hand.</summary>
    public static ForeignRules Naive { get; } = new("naive", 4, TimeSpan.FromSeconds(1));

    /// <summary>The SDKs that Stainless generates, with their defaults but for the timeout.</summary>
    public static ForeignRules Stainless { get; } = new("stainless-sdk", 3, TimeSpan.FromSeconds(10))
    {
        ReadsShouldRetry = true,
        ReadsMilliseconds = true,
        ReadsSeconds = true,
        CountHeader = "x-stainless-retry-count",
        BackOff = (retry, draw) => TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, retry - 1), 8) * (1 - (0.25 * draw))),
    };

    /// <summary>Three retries, when <c>Retry-After</c> says, as the standard resilience handler of .NET has it.</summary>
    public static ForeignRules RetryAfterOnly { get; } = new("retry-after-only", 4, TimeSpan.FromSeconds(10))
    {
        ReadsSeconds = true,
        BackOff = (retry, draw) => TimeSpan.FromSeconds(2 * Math.Pow(2, retry - 1) * draw),
    };

    /// <summary>The same SDKs, but deaf to what the server decides: all of them come back, when it says.</summary>
    public static ForeignRules MillisecondsOnly { get; } = Stainless with { Name = "retry-after-ms-only", ReadsShouldRetry = false };

    /// <summary>Whether a failure calls for a retry; <see langword="null"/> stands for no answer in time.</summary>
    public bool MayRetry(in Answer? answer) => !ReadsShouldRetry || answer?.ShouldRetry != "false";

    /// <summary>How long to wait before a retry.</summary>
    public TimeSpan WaitAfter(in Answer? answer, int retry, double draw)
    {
        if (ReadsMilliseconds && TryRead(answer?.RetryAfterMs, out double milliseconds) && TimeSpan.FromMilliseconds(milliseconds) < LongestObeyed)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return ReadsSeconds && TryRead(answer?.RetryAfter, out double seconds) && TimeSpan.FromSeconds(seconds) < LongestObeyed ? TimeSpan.FromSeconds(seconds) : BackOff(retry, draw);
    }

    private static bool TryRead(string? value, out double number) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
