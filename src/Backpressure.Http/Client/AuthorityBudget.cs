using Backpressure.Http.Budget;
using Microsoft.Extensions.Logging;

namespace Backpressure.Http.Client;

/// <summary>What may be sent to one authority, on the client's clock: the retry budget, as far as the server accepts retries, and the throttle. It says so in the log when one of them refuses.</summary>
internal sealed partial class AuthorityBudget
{
    private const long Retired = long.MaxValue;

    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly string _client;
    private readonly string _authority;
    private readonly RetryBudget _budget;
    private readonly AdvertisedRatio _advertised = new();
    private readonly AdaptiveThrottle _throttle = new();
    private readonly Jitter _jitter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _nextBudgetLog = long.MinValue; // Interlocked only
    private long _nextThrottleLog = long.MinValue; // Interlocked only
    private long _usedTicks; // Interlocked only: when it was last asked for, or Retired

    public AuthorityBudget(string client, string authority, RetryBudget budget, Jitter jitter, TimeProvider time, ILogger logger)
    {
        _client = client;
        _authority = authority;
        _budget = budget;
        _jitter = jitter;
        _time = time;
        _logger = logger;
        _usedTicks = Now.Ticks;
    }

    public TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Notes that somebody is about to use it; false says that it was retired, and that whoever asks needs another.</summary>
    public bool TryUse()
    {
        long now = Now.Ticks;
        long used = Volatile.Read(ref _usedTicks);
        if (now > used)
        {
            used = Interlocked.CompareExchange(ref _usedTicks, now, used);
        }

        return used != Retired; // whoever else was faster used it in this moment, too
    }

    /// <summary>Retires it where it has been idle for longer than the given time: its counts have expired by then. Calls that are still under way keep theirs.</summary>
    public bool TryRetire(TimeSpan idle)
    {
        long used = Volatile.Read(ref _usedTicks);
        return used != Retired && Now.Ticks - used > idle.Ticks && Interlocked.CompareExchange(ref _usedTicks, Retired, used) == used;
    }

    public void Deposit() => _budget.Deposit(Now);

    /// <summary>Takes one retry out of the budget, in one atomic step.</summary>
    public bool TryWithdraw()
    {
        TimeSpan now = Now;
        if (_budget.TryWithdraw(now, _advertised.At(now)))
        {
            return true;
        }

        if (IsDue(ref _nextBudgetLog, now))
        {
            Log.BudgetExhausted(_logger, _client, _authority);
        }

        return false;
    }

    /// <summary>Gives back one retry that was not sent.</summary>
    public void Refund(TimeSpan withdrawnAt) => _budget.Refund(Now, withdrawnAt);

    /// <summary>Takes over the share of retries that the server says it accepts, where that is less than the own one.</summary>
    public void Adopt(double ratio) => _advertised.Adopt(ratio, Now);

    /// <summary>Whether the throttle lets a request go out. One that it holds back counts as tried.</summary>
    public bool TryPass()
    {
        TimeSpan now = Now;
        double probability = _throttle.Probability(now);
        if (probability == 0 || _jitter.Between(0, 1) >= probability)
        {
            return true;
        }

        _throttle.CountHeld(now);
        if (IsDue(ref _nextThrottleLog, now))
        {
            Log.Throttled(_logger, _client, _authority, probability);
        }

        return false;
    }

    public void CountSent() => _throttle.CountSent(Now);

    public void CountRefused() => _throttle.CountRefused(Now);

    private static bool IsDue(ref long nextTicks, TimeSpan now)
    {
        long next = Volatile.Read(ref nextTicks);
        return now.Ticks >= next && Interlocked.CompareExchange(ref nextTicks, (now + LogInterval).Ticks, next) == next;
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The retry budget of HTTP client '{Client}' for {Authority} is spent. Failed requests are not retried until first attempts have paid for more; this line appears once per 10 s.",
            EventName = "RetryBudgetExhausted")]
        public static partial void BudgetExhausted(ILogger logger, string client, string authority);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "{Authority} refuses more than half of what HTTP client '{Client}' asks of it, so the client answers a share of {Share:P0} itself with 503; this line appears once per 10 s.",
            EventName = "ClientThrottled")]
        public static partial void Throttled(ILogger logger, string client, string authority, double share);
    }
}
