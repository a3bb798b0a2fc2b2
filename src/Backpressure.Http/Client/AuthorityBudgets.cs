using System.Collections.Concurrent;
using Backpressure.Http.Budget;
using Microsoft.Extensions.Logging;

namespace Backpressure.Http.Client;

/// <summary>
/// Keeps one retry budget and one throttle per authority (scheme, host and port) of a named client. It outlives the handlers, which the factory replaces
/// every few minutes. Beyond <see cref="Maximum"/> authorities a new one takes the place of one that is idle; where none is, it shares one with all others, so
/// that memory is bounded whatever is called.
/// </summary>
internal sealed class AuthorityBudgets
{
    public const int Maximum = 1_000;

    private const double LongestIdle = 86_400; // seconds

    private static readonly TimeSpan SearchInterval = TimeSpan.FromSeconds(1); // a search looks at all of them

    private readonly string _client;
    private readonly BackpressureHandlerOptions _options;
    private readonly Jitter _jitter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Authority, AuthorityBudget> _budgets = new();
    private readonly Lock _adding = new();
    private readonly AuthorityBudget _shared;
    private readonly TimeSpan _idle;
    private TimeSpan _nextSearch; // under _adding

    public AuthorityBudgets(string client, BackpressureHandlerOptions options, Jitter jitter, TimeProvider time, ILogger logger)
    {
        _client = client;
        _options = options;
        _jitter = jitter;
        _time = time;
        _logger = logger;
        _shared = Create("all further authorities");
        var floor = TimeSpan.FromSeconds(options.MinimumRetriesPerSecond > 0 ? Math.Min(1 / options.MinimumRetriesPerSecond, LongestIdle) : 0); // until it is full again
        _idle = new[] { options.RetryWindow, AdvertisedRatio.Lifetime, floor }.Max(); // the throttle forgets sooner
    }

    public AuthorityBudget For(Uri? uri)
    {
        var authority = Authority.Of(uri);
        if (authority == default)
        {
            return _shared;
        }

        return _budgets.TryGetValue(authority, out AuthorityBudget? budget) && budget.TryUse() ? budget : Add(authority);
    }

    private AuthorityBudget Add(Authority authority)
    {
        lock (_adding)
        {
            if (_budgets.TryGetValue(authority, out AuthorityBudget? budget) && budget.TryUse())
            {
                return budget;
            }

            if (_budgets.Count >= Maximum && !TryMakeRoomLocked())
            {
                return _shared;
            }

            budget = Create(authority.ToString());
            _budgets[authority] = budget;
            return budget;
        }
    }

    /// <summary>Drops all that are idle, so that the next ones find room without a search.</summary>
    private bool TryMakeRoomLocked()
    {
        TimeSpan now = _shared.Now;
        if (now < _nextSearch)
        {
            return false;
        }

        _nextSearch = now + SearchInterval;
        foreach ((Authority authority, AuthorityBudget budget) in _budgets)
        {
            if (budget.TryRetire(_idle))
            {
                _budgets.TryRemove(authority, out _);
            }
        }

        return _budgets.Count < Maximum;
    }

    private AuthorityBudget Create(string name)
    {
        var budget = new RetryBudget(_options.RetryRatio, _options.MinimumRetriesPerSecond, _options.RetryWindow);
        return new AuthorityBudget(_client, name, budget, _jitter, _time, _logger);
    }
}
