namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Does what an <see cref="Overrun"/> decides. Never called once the request has ended; must not throw.</summary>
internal interface IOverrunStages
{
    /// <summary>Whether the request shares its connection with others, and can be cut off alone.</summary>
    bool SharesConnection { get; }

    /// <summary>The handler ignores its token: its request is abandoned.</summary>
    void Abandon();

    /// <summary>It has ended all the same.</summary>
    void Return();

    /// <summary>Cuts the request off and leaves its connection to the others.</summary>
    void ResetStream();

    /// <summary>Cuts the connection.</summary>
    /// <param name="isPoolStarved">Whether that is because the thread pool did not run <see cref="ResetStream"/> in time.</param>
    void AbortConnection(bool isPoolStarved);
}
