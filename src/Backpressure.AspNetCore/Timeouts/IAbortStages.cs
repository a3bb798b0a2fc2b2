namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Tells a client by the end that no answer comes. Must not throw.</summary>
internal interface IAbortStages
{
    /// <summary>Whether the request shares its connection with others, and can be cut off alone.</summary>
    bool SharesConnection { get; }

    /// <summary>Cuts the request off and leaves its connection to the others.</summary>
    void ResetStream();

    /// <summary>Cuts the connection.</summary>
    /// <param name="isPoolStarved">Whether that is because the thread pool did not do its part in time.</param>
    void AbortConnection(bool isPoolStarved);
}
