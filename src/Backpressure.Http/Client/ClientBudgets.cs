using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Backpressure.Http.Client;

/// <summary>Keeps the retry budgets of every named client for the life of the application.</summary>
internal sealed class ClientBudgets
{
    private readonly ConcurrentDictionary<string, AuthorityBudgets> _clients = new(StringComparer.Ordinal);
    private readonly Jitter _jitter;
    private readonly ILogger<ClientBudgets> _logger;

    public ClientBudgets(Jitter jitter, ILogger<ClientBudgets> logger)
    {
        _jitter = jitter;
        _logger = logger;
    }

    public AuthorityBudgets For(string client, BackpressureHandlerOptions options, TimeProvider time) =>
        _clients.GetOrAdd(
            client,
            static (name, state) => new AuthorityBudgets(name, state.options, state.jitter, state.time, state.logger),
            (options, jitter: _jitter, time, logger: _logger));
}
