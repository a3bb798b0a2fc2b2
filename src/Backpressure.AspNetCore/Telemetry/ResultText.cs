using System.Diagnostics;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>The values of the tag <c>backpressure.result</c>: a closed set.</summary>
internal static class ResultText
{
    public const string Admitted = "admitted";
    public const string Cancelled = "request_canceled";

    public static string Of(ShedReason reason) => reason switch
    {
        ShedReason.QueueFull => "rejected_queue_full",
        ShedReason.QueueTimeout => "rejected_queue_timeout",
        ShedReason.DeadlineInfeasible => "rejected_deadline_infeasible",
        ShedReason.RetryBudget => "rejected_retry_budget",
        ShedReason.Displaced => "rejected_displaced",
        ShedReason.Draining => "rejected_draining",
        _ => throw new UnreachableException(),
    };

    public static IEnumerable<string> All => [Admitted, Cancelled, .. Enum.GetValues<ShedReason>().Select(Of)];
}
