using Backpressure.AspNetCore.Limits;

namespace Backpressure.Simulation.Algorithms;

/// <summary>The limit of the server itself.</summary>
internal sealed class OwnLimit : IAlgorithm
{
    private static readonly TimeSpan ReadingEvery = TimeSpan.FromMilliseconds(10); // as the server reads its processors

    private readonly AdaptiveLimit _limit;
    private TimeSpan _wakeAt = ReadingEvery;

    /// <param name="initial">The limit to begin with.</param>
    /// <param name="minimum">The lowest.</param>
    /// <param name="maximum">The highest.</param>
    public OwnLimit(int initial, int minimum = 1, int maximum = 1000) => _limit = new AdaptiveLimit(initial, minimum, maximum);

    public int Limit => _limit.Current;

    /// <summary>Why it was moved last, for pictures.</summary>
    public LimitReason Reason => _limit.Reason;

    public TimeSpan WakeAt => _limit.WantsProcessors ? _wakeAt : TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
        if (completion.Kind != CompletionKind.Failed)
        {
            _limit.Complete(completion.Now, completion.Took, completion.InFlight, completion.Kind == CompletionKind.Succeeded);
        }
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed) => _limit.Hold(now, inFlight, isShed);

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        _wakeAt = now + ReadingEvery;
        _limit.NoteProcessors(reading.ProcessorShare);
    }
}
