using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Http;

/// <summary>The problem documents of a policy's refusals and timeouts, made once: refusing must cost less than serving.</summary>
internal sealed class ProblemDocuments
{
    private readonly ProblemDocument[] _shed;

    public ProblemDocuments(int shedStatus, int timeoutStatus)
    {
        _shed = new ProblemDocument[Tally.ReasonCount];
        foreach (ShedReason reason in Enum.GetValues<ShedReason>())
        {
            _shed[(int)reason] = new ProblemDocument(shedStatus, ShedReasonText.Sentence(reason), ShedReasonText.Token(reason));
        }

        Timeout = TimeoutOf(timeoutStatus);
    }

    public ProblemDocument Timeout { get; }

    /// <summary>The document of a request whose time was over in its handler.</summary>
    public static ProblemDocument TimeoutOf(int status) => new(status, "The request took longer than it may. It may have been executed.", null);

    public ProblemDocument Shed(ShedReason reason) => _shed[(int)reason];
}
