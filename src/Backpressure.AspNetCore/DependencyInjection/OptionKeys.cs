namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>All settings that configuration can hold, each with its rule.</summary>
internal static class OptionKeys
{
    private const int Million = 1_000_000;

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Where the list of trusted networks stands; its members are numbered below it.</summary>
    public const string TrustedNetworks = "Headers:TrustedNetworks";

    /// <summary>What can be set in code only.</summary>
    public static readonly string[] CodeOnly = ["Limit:LimiterFactory", "Shed:OnShed", "FairnessKey", "Headers:IsTrusted"];

    /// <summary>The settings of the default policy and of each named one.</summary>
    public static readonly OptionKey<BackpressurePolicyOptions>[] Policy =
    [
        OptionKey<BackpressurePolicyOptions>.Choice<BackpressureMode>("Mode", o => o.Mode, (o, v) => o.Mode = v),
        OptionKey<BackpressurePolicyOptions>.Choice<LimitAlgorithm>("Limit:Algorithm", o => o.Limit.Algorithm, (o, v) => o.Limit.Algorithm = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Limit:Initial", 1, Million, o => o.Limit.Initial, (o, v) => o.Limit.Initial = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Limit:Minimum", 1, Million, o => o.Limit.Minimum, (o, v) => o.Limit.Minimum = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Limit:Maximum", 1, Million, o => o.Limit.Maximum, (o, v) => o.Limit.Maximum = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Queue:Capacity", 0, Million, o => o.Queue.Capacity, (o, v) => o.Queue.Capacity = v),
        OptionKey<BackpressurePolicyOptions>.Choice<QueueOrder>("Queue:Order", o => o.Queue.Order, (o, v) => o.Queue.Order = v),
        OptionKey<BackpressurePolicyOptions>.Span("Queue:MaximumWait", Millisecond, Day, true, o => o.Queue.MaximumWait, (o, v) => o.Queue.MaximumWait = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Queue:MaximumKeys", 1, Million, o => o.Queue.MaximumKeys, (o, v) => o.Queue.MaximumKeys = v),
        OptionKey<BackpressurePolicyOptions>.Span("Timeout:Default", Millisecond, Day, true, o => o.Timeout.Default, (o, v) => o.Timeout.Default = v),
        OptionKey<BackpressurePolicyOptions>.Span("Timeout:Minimum", Millisecond, Minute, false, o => o.Timeout.Minimum, (o, v) => o.Timeout.Minimum = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Timeout:StatusCode", 400, 599, o => o.Timeout.StatusCode, (o, v) => o.Timeout.StatusCode = v),
        OptionKey<BackpressurePolicyOptions>.Span("Timeout:AbortGrace", TimeSpan.Zero, Hour, true, o => o.Timeout.AbortGrace, (o, v) => o.Timeout.AbortGrace = v),
        OptionKey<BackpressurePolicyOptions>.Real("RetryBudget:Ratio", 0, 1, o => o.RetryBudget.Ratio, (o, v) => o.RetryBudget.Ratio = v),
        OptionKey<BackpressurePolicyOptions>.Real("RetryBudget:MinimumPerSecond", 0, 100_000, o => o.RetryBudget.MinimumPerSecond, (o, v) => o.RetryBudget.MinimumPerSecond = v),
        OptionKey<BackpressurePolicyOptions>.Span("RetryBudget:Window", Second, TimeSpan.FromMinutes(10), false, o => o.RetryBudget.Window, (o, v) => o.RetryBudget.Window = v),
        OptionKey<BackpressurePolicyOptions>.Whole("Shed:StatusCode", 400, 599, o => o.Shed.StatusCode, (o, v) => o.Shed.StatusCode = v),
        OptionKey<BackpressurePolicyOptions>.Span("Shed:MinimumRetryAfter", Millisecond, Hour, false, o => o.Shed.MinimumRetryAfter, (o, v) => o.Shed.MinimumRetryAfter = v),
        OptionKey<BackpressurePolicyOptions>.Span("Shed:MaximumRetryAfter", Millisecond, Hour, false, o => o.Shed.MaximumRetryAfter, (o, v) => o.Shed.MaximumRetryAfter = v),
        OptionKey<BackpressurePolicyOptions>.Choice<ShedBody>("Shed:Body", o => o.Shed.Body, (o, v) => o.Shed.Body = v),
    ];

    /// <summary>The settings of the whole server, beside those of its default policy.</summary>
    public static readonly OptionKey<BackpressureOptions>[] Server =
    [
        OptionKey<BackpressureOptions>.Flag("Headers:ReadGrpc", (o, v) => o.Headers.ReadGrpc = v),
        OptionKey<BackpressureOptions>.Flag("Headers:ReadEnvoy", (o, v) => o.Headers.ReadEnvoy = v),
        OptionKey<BackpressureOptions>.Flag("Headers:ReadOthers", (o, v) => o.Headers.ReadOthers = v),
        OptionKey<BackpressureOptions>.Flag("Headers:EmitEnvoy", (o, v) => o.Headers.EmitEnvoy = v),
        OptionKey<BackpressureOptions>.Flag("Headers:EmitLoadReport", (o, v) => o.Headers.EmitLoadReport = v),
        OptionKey<BackpressureOptions>.Whole("LongLived:Maximum", 1, Million, o => o.LongLived.Maximum, (o, v) => o.LongLived.Maximum = v),
        OptionKey<BackpressureOptions>.Flag("AdjustThreadPool", (o, v) => o.AdjustThreadPool = v),
        OptionKey<BackpressureOptions>.Span("DrainDelay", TimeSpan.Zero, Hour, false, o => o.DrainDelay, (o, v) => o.DrainDelay = v),
    ];
}
