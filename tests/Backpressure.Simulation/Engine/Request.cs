using Backpressure.AspNetCore.Admission;

namespace Backpressure.Simulation.Engine;

/// <summary>One attempt of a client, from its sending until neither the client nor the server knows it any more; then it is used for another.</summary>
internal sealed class Request : Waiter
{
    /// <summary>Where it was sent.</summary>
    public Server Server { get; set; } = null!;

    /// <summary>Who waits for the answer; <see langword="null"/> where nobody needs to be told.</summary>
    public IReceiver? Receiver { get; set; }

    /// <summary>Counts up with each use, so that what was noted of an earlier one is seen to be stale.</summary>
    public int Use { get; set; }

    /// <summary>The number of the logical request.</summary>
    public long Number { get; set; }

    /// <summary>From 1.</summary>
    public int Attempt { get; set; }

    public int Class { get; set; }

    /// <summary>Where the random numbers of its needs are.</summary>
    public SplitMix Random;

    /// <summary>When the logical request was sent first, in ticks.</summary>
    public long FirstSentAt { get; set; }

    /// <summary>When this attempt was sent.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether its client does not wait for it any more.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Whether it ends in an error.</summary>
    public bool IsFailing { get; set; }

    /// <summary>The step that it is in.</summary>
    public int Step { get; set; }

    /// <summary>How many ran when it was granted, itself included.</summary>
    public int InFlightAtStart { get; set; }

    /// <summary>Whether it has a thread of the pool.</summary>
    public bool HoldsThread { get; set; }

    public override void Complete() => Server.Decided(this);
}
