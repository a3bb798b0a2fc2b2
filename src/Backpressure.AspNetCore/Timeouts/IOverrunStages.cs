namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Does what an <see cref="Overrun"/> decides. But for <see cref="Report"/> never called once the request has ended; must not throw.</summary>
internal interface IOverrunStages : IAbortStages
{
    /// <summary>Whether the response is complete, by somebody who did not wait for the handler. Then nobody is to be told, and what could be cut is perhaps another request's.</summary>
    bool IsComplete { get; }

    /// <summary>The handler ignores its token: its request is abandoned.</summary>
    void Abandon();

    /// <summary>Says in the log that it is abandoned. Perhaps when the request has ended.</summary>
    void Report();

    /// <summary>It has ended all the same.</summary>
    void Return();
}
