namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Does what an <see cref="Overrun"/> decides. Never called once the request has ended; must not throw.</summary>
internal interface IOverrunStages : IAbortStages
{
    /// <summary>The handler ignores its token: its request is abandoned.</summary>
    void Abandon();

    /// <summary>It has ended all the same.</summary>
    void Return();
}
