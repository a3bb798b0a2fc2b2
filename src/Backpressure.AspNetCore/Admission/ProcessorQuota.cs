using System.Text;

namespace Backpressure.AspNetCore.Admission;

/// <summary>How much of the processors the process may use where a control group bounds that: a container with <c>cpu.max</c> of 150000 100000 has one and a half, which the runtime counts as two.</summary>
/// <param name="Processors">How many, in parts of one.</param>
/// <param name="Period">In which it may use so much at once, to be held back for the rest.</param>
internal sealed record ProcessorQuota(double Processors, TimeSpan Period)
{
    /// <summary>That of this process when it began; <see langword="null"/> for none.</summary>
    public static ProcessorQuota? Own { get; } = Read(new ControlGroups("/proc", "/sys/fs/cgroup"));

    /// <summary>The lowest of those that bound the process; <see langword="null"/> where none does.</summary>
    public static ProcessorQuota? Read(ControlGroups groups) => groups.Unified.Select(Unified).Concat(groups.Processors.Select(First)).OfType<ProcessorQuota>().MinBy(quota => quota.Processors);

    /// <summary>Version 2: quota and period in one line, <c>max</c> for no quota.</summary>
    private static ProcessorQuota? Unified(string group) => Load(group, "cpu.max").Split(' ') is [string quota, string period] ? Of(quota, period) : null;

    /// <summary>Version 1: a file for each, -1 for no quota.</summary>
    private static ProcessorQuota? First(string group) => Of(Load(group, "cpu.cfs_quota_us"), Load(group, "cpu.cfs_period_us"));

    private static ProcessorQuota? Of(string quota, string period) => long.TryParse(quota, out long most) && long.TryParse(period, out long microseconds) && most > 0 && microseconds > 0
        ? new ProcessorQuota((double)most / microseconds, TimeSpan.FromMicroseconds(microseconds))
        : null;

    private static string Load(string group, string file) => Encoding.ASCII.GetString(StrainFile.Load(Path.Combine(group, file), new byte[64])).Trim();
}
