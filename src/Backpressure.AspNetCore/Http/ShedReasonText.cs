using System.Diagnostics;

namespace Backpressure.AspNetCore.Http;

/// <summary>What a refusal says of its reason: the token of the <c>Backpressure</c> header and a sentence for people.</summary>
internal static class ShedReasonText
{
    public static string Token(ShedReason reason) => reason switch
    {
        ShedReason.QueueFull => "queue-full",
        ShedReason.QueueTimeout => "queue-timeout",
        ShedReason.DeadlineInfeasible => "deadline-infeasible",
        ShedReason.RetryBudget => "retry-budget",
        ShedReason.Displaced => "displaced",
        ShedReason.Draining => "draining",
        _ => throw new UnreachableException(),
    };

    public static string Sentence(ShedReason reason) => reason switch
    {
        ShedReason.QueueFull => "The server is at its limit and its queue is full. The request was not executed.",
        ShedReason.QueueTimeout => "The server was at its limit and the request waited as long as it may. It was not executed.",
        ShedReason.DeadlineInfeasible => "The request had no time left to be served. It was not executed.",
        ShedReason.RetryBudget => "The server is at its limit and serves no more retries for now. The request was not executed.",
        ShedReason.Displaced => "The server is at its limit and the request made place for a more critical one. It was not executed.",
        ShedReason.Draining => "The server is stopping. The request was not executed.",
        _ => throw new UnreachableException(),
    };
}
