using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Http;

/// <summary>Holds the answer of a request while that is under watch.</summary>
internal sealed class AnswerSlot
{
    private readonly GovernedRequest _request;
    private readonly AwaitedAnswers _answers;
    private ResponseProgress? _progress; // Volatile only
    private AwaitedAnswer? _answer; // Interlocked only: whoever takes it ends the watch

    public AnswerSlot(GovernedRequest request, AwaitedAnswers answers)
    {
        _request = request;
        _answers = answers;
    }

    /// <summary>When something of the answer was flushed last by code of the application that writes it; <see langword="null"/> where nothing was.</summary>
    public long? FlushedAt => Volatile.Read(ref _progress)?.FlushedAt;

    /// <summary>The request waits at the gate.</summary>
    public void WatchWaiting()
    {
        Watch(_answers.OfWaiting(_request));
        if (_request.Place.Outcome == Outcome.Shed)
        {
            Volatile.Read(ref _answer)?.Revise(); // whoever decided that may not have seen the watch
        }
    }

    /// <summary>The request was shed while it waited, perhaps before its wait was to be over.</summary>
    public void NoteShed()
    {
        Interlocked.MemoryBarrier(); // whoever begins the watch sees the outcome, or the watch is seen here
        Volatile.Read(ref _answer)?.Revise();
    }

    /// <summary>The request waits at a limiter of the application.</summary>
    /// <param name="end">When that is to be over.</param>
    public void WatchPlugged(TimeSpan end) => Watch(_answers.OfPlugged(_request, end));

    /// <summary>The request has timed out in its handler, and is answered now.</summary>
    public void WatchTimedOut()
    {
        Watch(_answers.OfTimedOut(_request));
        NoteEnd();
    }

    /// <summary>Code of the application writes the answer now: whose client reads it slowly has it coming all the same.</summary>
    /// <returns>What <see cref="EndWriting"/> takes; <see langword="null"/> where the answer is not under watch.</returns>
    public ResponseProgress? BeginWriting()
    {
        if (Volatile.Read(ref _answer) is null)
        {
            return null;
        }

        ResponseProgress progress = new(_answers.Clock);
        progress.Attach(_request.Context.Features);
        Volatile.Write(ref _progress, progress);
        return progress;
    }

    /// <summary>That code has ended.</summary>
    public void EndWriting(ResponseProgress? progress)
    {
        if (!_request.IsComplete)
        {
            progress?.Detach(_request.Context.Features);
        }
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
        Volatile.Write(ref _progress, null);
        Interlocked.Exchange(ref _answer, answer);
        if (_request.IsComplete)
        {
            End(); // somebody outside of us completed the response meanwhile
        }
    }
}
