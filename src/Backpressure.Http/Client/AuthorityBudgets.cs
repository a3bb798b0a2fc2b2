using System.Collections.Concurrent;
using Backpressure.Http.Budget;
using Microsoft.Extensions.Logging;

namespace Backpressure.Http.Client;

/// <summary>
/// Keeps one retry budget and one throttle per authority (scheme, host and port) of a named client. It outlives the handlers, which the factory replaces
/// every few minutes. What is beyond <see cref="Maximum"/> authorities shares one, so that memory is bounded whatever is called.
/// </summary>
internal sealed class AuthorityBudgets
{
    public const int Maximum = 1_000;

    private readonly string _client;
    private readonly BackpressureHandlerOptions _options;
    private readonly Jitter _jitter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Authority, AuthorityBudget> _budgets = new();
    private readonly Lock _adding = new();
    private readonly AuthorityBudget _shared;

    public AuthorityBudgets(string client, BackpressureHandlerOptions options, Jitter jitter, TimeProvider time, ILogger logger)
    {
        _client = client;
        _options = options;
        _jitter = jitter;
        _time = time;
        _logger = logger;
        _shared = Create("all further authorities");
    }

    public AuthorityBudget For(Uri? uri)
    {
        if (uri is not { IsAbsoluteUri: true })
        {
            return _shared;
        }

        var authority = new Authority(uri.Scheme, uri.Host, uri.Port);
        return _budgets.TryGetValue(authority, out AuthorityBudget? budget) ? budget : Add(authority);
    }

    private AuthorityBudget Add(Authority authority)
    {
        lock (_adding)
        {
            if (_budgets.TryGetValue(authority, out AuthorityBudget? budget))
            {
                return budget;
            }

            if (_budgets.Count >= Maximum)
            {
                return _shared;
            }

            budget = Create($"{authority.Scheme}://{authority.Host}:{authority.Port}");
            _budgets[authority] = budget;
            return budget;
        }
    }

    private AuthorityBudget Create(string name)
    {
        var budget = new RetryBudget(_options.RetryRatio, _options.MinimumRetriesPerSecond, _options.RetryWindow);
        return new AuthorityBudget(_client, name, budget, _jitter, _time, _logger);
    }

    private readonly record struct Authority(string Scheme, string Host, int Port);
}
