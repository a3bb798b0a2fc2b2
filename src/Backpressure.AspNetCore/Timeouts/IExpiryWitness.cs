namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is asked at the very moment when a deadline is up.</summary>
internal interface IExpiryWitness
{
    /// <summary>What the deadline may do. Called on any thread, perhaps when the request has just ended and its answer does not matter any more; it must not throw and changes nothing.</summary>
    ExpiryVerdict Judge();

    /// <summary>What is to happen to a request that goes on after its deadline; <see langword="null"/> for nothing. As <see cref="Judge"/>; it is started only if the deadline does strike.</summary>
    /// <param name="clientIsGone">Whether there is nobody to be told.</param>
    Overrun? PlanOverrun(bool clientIsGone);

    /// <summary>Callbacks on the token threw when the time was up. Must not throw itself.</summary>
    void NoteCallbackFailure(Exception thrown);

    /// <summary>What is to watch an answer that a deadline passes over; <see langword="null"/> for nothing. As <see cref="Judge"/>; it is started only if the deadline does pass.</summary>
    StallWatch? PlanWatch();
}
