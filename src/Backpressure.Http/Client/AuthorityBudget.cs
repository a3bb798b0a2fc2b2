using Backpressure.Http.Budget;
using Microsoft.Extensions.Logging;

namespace Backpressure.Http.Client;

/// <summary>The retry budget for one authority on the client's clock. It says so in the log when it is spent.</summary>
internal sealed partial class AuthorityBudget
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly string _client;
    private readonly string _authority;
    private readonly RetryBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _nextLogTicks = long.MinValue; // Interlocked only

    public AuthorityBudget(string client, string authority, RetryBudget budget, TimeProvider time, ILogger logger)
    {
        _client = client;
        _authority = authority;
        _budget = budget;
        _time = time;
        _logger = logger;
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    public void Deposit() => _budget.Deposit(Now);

    public bool TryWithdraw()
    {
        TimeSpan now = Now;
        if (_budget.TryWithdraw(now))
        {
            return true;
        }

        long next = Volatile.Read(ref _nextLogTicks);
        if (now.Ticks >= next && Interlocked.CompareExchange(ref _nextLogTicks, (now + LogInterval).Ticks, next) == next)
        {
            Log.BudgetExhausted(_logger, _client, _authority);
        }

        return false;
    }

    public void Refund() => _budget.Refund(Now);

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "The retry budget of HTTP client '{Client}' for {Authority} is spent. Failed requests are not retried until first attempts have paid for more; this line appears once per 10 s.",
            EventName = "RetryBudgetExhausted")]
        public static partial void BudgetExhausted(ILogger logger, string client, string authority);
    }
}
