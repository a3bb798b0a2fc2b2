namespace Backpressure.AspNetCore.Retries;

/// <summary>
/// Decides for each refusal whether the caller may try again. Such a ticket is what the server accepts beforehand: per window at most the ratio of the first attempts that came in it,
/// or what the floor gives in as long, if that is more. So a storm of retries is bounded before it starts, for any client that listens. Thread safe; no call allocates.
/// </summary>
internal sealed class RetryTickets
{
    private volatile State _state;
    private long _granted; // Interlocked only
    private long _denied; // Interlocked only

    public RetryTickets(RetryBudgetOptions options) => _state = new State(new TicketTerms(options), new TicketWindow(options.Window));

    /// <summary>How many refusals said that a retry is welcome.</summary>
    public long Granted => Volatile.Read(ref _granted);

    /// <summary>How many refusals said that it is not.</summary>
    public long Denied => Volatile.Read(ref _denied);

    /// <summary>A first attempt came, whatever becomes of it.</summary>
    public void CountFirstAttempt(TimeSpan now) => _state.Window.CountAttempt(now);

    /// <summary>How many came within the window.</summary>
    public long FirstAttempts(TimeSpan now) => _state.Window.Attempts(now);

    /// <summary>Decides about one refusal, and takes a ticket where that needs one. A refused retry is judged like a first attempt: what is bounded is the number of tickets, whoever gets them.</summary>
    public bool MayRetry(ShedReason reason, TimeSpan now)
    {
        bool may = reason switch
        {
            ShedReason.Draining => true, // another instance serves
            ShedReason.DeadlineInfeasible or ShedReason.RetryBudget => false,
            _ => TryTake(now),
        };
        Interlocked.Increment(ref may ? ref _granted : ref _denied);
        return may;
    }

    /// <summary>Changes the terms while requests come. What was counted stays and is judged by the new terms; with another window the tickets stay, and the attempts are counted anew.</summary>
    public void Configure(RetryBudgetOptions options, TimeSpan now)
    {
        State before = _state;
        TicketWindow window = before.Window;
        if (options.Window != window.Length)
        {
            window = new TicketWindow(options.Window);
            window.TakeOver(before.Window, now);
        }

        _state = new State(new TicketTerms(options), window);
    }

    private bool TryTake(TimeSpan now)
    {
        State state = _state;
        return state.Window.TryHandOut(state.Terms, now);
    }

    private sealed record State(TicketTerms Terms, TicketWindow Window);
}
