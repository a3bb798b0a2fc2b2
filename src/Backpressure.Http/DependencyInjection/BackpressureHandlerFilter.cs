using Backpressure.Http.Client;
using Backpressure.Http.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Backpressure.Http.DependencyInjection;

/// <summary>
/// Puts one handler around and one handler beneath all others of a protected client. A filter runs after every registered handler is
/// in place, so that the order of registration does not matter.
/// </summary>
internal sealed class BackpressureHandlerFilter : IHttpMessageHandlerBuilderFilter
{
    private readonly bool _protectsAll;
    private readonly HashSet<string> _names;
    private readonly IOptionsMonitor<BackpressureHandlerOptions> _options;
    private readonly ClientBudgets _budgets;
    private readonly ClientMetrics _metrics;
    private readonly Jitter _jitter;
    private readonly TimeProvider _time;

    public BackpressureHandlerFilter(
        IEnumerable<ProtectedClient> clients,
        IOptionsMonitor<BackpressureHandlerOptions> options,
        ClientBudgets budgets,
        ClientMetrics metrics,
        Jitter jitter,
        IServiceProvider services)
    {
        ProtectedClient[] all = [.. clients];
        _protectsAll = all.Any(client => client.Name is null);
        _names = [.. all.Select(client => client.Name).OfType<string>()];
        _options = options;
        _budgets = budgets;
        _metrics = metrics;
        _jitter = jitter;
        _time = services.GetService<TimeProvider>() ?? TimeProvider.System;
    }

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        string name = builder.Name ?? Options.DefaultName;
        if (_protectsAll || _names.Contains(name))
        {
            BackpressureHandlerOptions options = _options.Get(name);
            AuthorityBudgets budgets = _budgets.For(name, options, _time);
            var planner = new RetryPlanner(options.MaximumAttempts, OtherRetries.AreIn(builder.AdditionalHandlers), new BackOff(options, _jitter), _metrics, _time);
            builder.AdditionalHandlers.Insert(0, new LogicalCallHandler(options.Timeout, budgets, planner, _metrics, _time));
            builder.AdditionalHandlers.Add(new AttemptHandler(new AttemptGate(budgets, _metrics, _time)));
        }
    };
}
