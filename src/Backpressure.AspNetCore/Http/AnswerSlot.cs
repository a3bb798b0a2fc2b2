namespace Backpressure.AspNetCore.Http;

/// <summary>Holds the answer of a request while that is under watch.</summary>
internal sealed class AnswerSlot
{
    private readonly GovernedRequest _request;
    private readonly AwaitedAnswers _answers;
    private AwaitedAnswer? _answer; // Interlocked only: whoever takes it ends the watch

    public AnswerSlot(GovernedRequest request, AwaitedAnswers answers)
    {
        _request = request;
        _answers = answers;
    }

    /// <summary>The request waits at the gate.</summary>
    public void WatchWaiting() => Watch(_answers.OfWaiting(_request));

    /// <summary>The request waits at a limiter of the application.</summary>
    public void WatchPlugged() => Watch(_answers.OfPlugged(_request));

    /// <summary>The request has timed out in its handler, and is answered now.</summary>
    public void WatchTimedOut()
    {
        Watch(_answers.OfTimedOut(_request));
        NoteEnd();
    }

    /// <summary>The answer is written now; the watch goes on until it is sent.</summary>
    public void NoteEnd() => _request.Context.Response.OnCompleted(static slot =>
    {
        ((AnswerSlot)slot).Complete();
        return Task.CompletedTask;
    }, this); // registered last, so that it runs first, and does not wait for what others have registered

    /// <summary>The server has the whole answer, whoever wrote it.</summary>
    public void Complete()
    {
        if (Volatile.Read(ref _answer) is not null)
        {
            Interlocked.Exchange(ref _answer, null)?.Complete();
        }
    }

    /// <summary>The request goes on to its handler, or nobody waits for its answer.</summary>
    public void End() => Interlocked.Exchange(ref _answer, null)?.End();

    private void Watch(AwaitedAnswer? answer)
    {
        Interlocked.Exchange(ref _answer, answer);
        if (_request.IsComplete)
        {
            End(); // somebody outside of us completed the response meanwhile
        }
    }
}
