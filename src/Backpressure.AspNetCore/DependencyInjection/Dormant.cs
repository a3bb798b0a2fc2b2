namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Knows which settings do not act in this version, so that nobody relies on one of them unawares.</summary>
internal static class Dormant
{
    private static readonly BackpressureOptions Defaults = new();

    private static readonly (string Path, Func<BackpressureOptions, bool> IsSet)[] OfServer =
    [
        ("Headers:EmitLoadReport", o => o.Headers.EmitLoadReport),
        ("LongLived:Maximum", o => o.LongLived.Maximum is not null),
        ("DrainDelay", o => o.DrainDelay > TimeSpan.Zero),
    ];

    private static readonly (string Path, Func<BackpressurePolicyOptions, bool> IsSet)[] OfPolicy =
    [
        ("Limit:Minimum", o => o.Limit.Minimum != Defaults.Limit.Minimum),
        ("Queue:MaximumKeys", o => o.Queue.MaximumKeys != Defaults.Queue.MaximumKeys),
        ("FairnessKey", o => o.FairnessKey is not null),
    ];

    /// <summary>The paths of what was set and does not act.</summary>
    public static IEnumerable<string> In(BackpressureOptions options) =>
    [
        .. OfServer.Where(row => row.IsSet(options)).Select(row => row.Path),
        .. OfPolicy.Where(row => row.IsSet(options)).Select(row => row.Path),
        .. options.Policies.SelectMany(policy => OfPolicy.Where(row => row.IsSet(policy.Value)).Select(row => $"Policies:{policy.Key}:{row.Path}")),
    ];
}
