using System.Diagnostics;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>The values of the tag <c>backpressure.limit.reason</c>: a closed set.</summary>
internal static class LimitReasonText
{
    /// <summary>The reasons for which a limit is moved.</summary>
    public static readonly LimitReason[] All = [.. Enum.GetValues<LimitReason>().Where(reason => reason != LimitReason.Initial)];

    public static string Of(LimitReason reason) => reason switch
    {
        LimitReason.ColdStart => "cold_start",
        LimitReason.ProbeDown => "probe_down",
        LimitReason.ProbeUp => "probe_up",
        LimitReason.Return => "return",
        LimitReason.Room => "room",
        LimitReason.Knee => "knee",
        LimitReason.Cliff => "cliff",
        LimitReason.Futile => "futile",
        LimitReason.ThreadPool => "thread_pool",
        _ => throw new UnreachableException(),
    };
}
