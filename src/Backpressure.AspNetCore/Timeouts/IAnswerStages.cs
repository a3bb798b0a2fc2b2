namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Does what an <see cref="AnswerWatch"/> decides. Never called once the watch has ended; must not throw.</summary>
internal interface IAnswerStages : IAbortStages
{
    /// <summary>When the answer is due as things stand now. Where it is earlier than before, the watch is to be told.</summary>
    long Due { get; }

    /// <summary>The server has the whole answer, and may begin with the next request on the connection: from here on only <see cref="IAbortStages.AbortConnection"/> is called.</summary>
    void LeaveRequest();

    /// <summary>The watch is over, and may be begun anew.</summary>
    void Rest();
}
