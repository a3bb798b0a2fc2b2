using Backpressure.Http;
using Backpressure.Http.Budget;
using Backpressure.Http.Client;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Decides whether and when clients try again, with the budget and the delays of the client that is shipped.</summary>
internal sealed class Retrying : EventSource
{
    private static readonly TimeSpan BudgetWindow = TimeSpan.FromSeconds(10);

    private readonly Clients _clients;
    private readonly int _maximumAttempts;
    private readonly RetryBudget? _budget;
    private readonly BackOff _backOff;
    private readonly JobHeap _planned = new(); // by when they are due
    private SplitMix _random;

    public Retrying(Clients clients, ClientModel model, ulong seed)
    {
        _clients = clients;
        _maximumAttempts = model.MaximumAttempts;
        _budget = model.RetryBudgetRatio is { } ratio ? new RetryBudget(ratio, minimumPerSecond: 0, BudgetWindow) : null;
        _random = SplitMix.For(seed, StreamPurpose.BackOff);
        BackpressureHandlerOptions options = new() { BaseDelay = model.BackOff };
        options.MaximumDelay = model.BackOff > options.MaximumDelay ? model.BackOff : options.MaximumDelay;
        _backOff = new BackOff(options, new Jitter(() => _random.NextUniform()));
    }

    public void NoteFirstAttempt(long now) => _budget?.Deposit(new TimeSpan(now));

    /// <summary>Whether an attempt that failed may be followed by another, which is then paid for.</summary>
    public bool MayRetry(Request failed, long now) => failed.Attempt < _maximumAttempts && _budget?.TryWithdraw(new TimeSpan(now)) != false;

    /// <summary>Sends an attempt after a while.</summary>
    public void Plan(Request next, long now)
    {
        _planned.Push(now + _backOff.Next(next.Attempt - 1, asked: null).Ticks, next);
        Due = (long)_planned.SmallestKey;
    }

    public override void Fire(long now)
    {
        Request next = _planned.Pop();
        Due = _planned.Count == 0 ? Never : (long)_planned.SmallestKey;
        _clients.Send(next, now);
    }
}
