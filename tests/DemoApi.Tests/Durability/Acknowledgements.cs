using System.Text.RegularExpressions;

namespace DemoApi.Tests.Durability;

/// <summary>Judges, for requests that came one after the other, whether each answer waited for the disk.</summary>
internal static partial class Acknowledgements
{
    /// <summary>Whether, for each successful answer in order, something was written to the log before it, and all of that was flushed before the answer was sent.</summary>
    public static IReadOnlyList<bool> AreDurable(IReadOnlyList<SystemCall> calls)
    {
        List<bool> durable = [];
        int after = 0;
        foreach (SystemCall answer in calls.Where(IsSuccess))
        {
            SystemCall[] earlier = [.. calls.Where(call => call.Began > after && call.Began < answer.Began && call.File.EndsWith("-wal", StringComparison.Ordinal))];
            SystemCall[] writes = [.. earlier.Where(call => call.Name is "pwrite64" or "write" or "writev")];
            int written = writes.Length == 0 ? int.MaxValue : writes.Max(write => write.Ended);
            durable.Add(earlier.Any(call => call.Name is "fsync" or "fdatasync" && call.Succeeded && call.Began > written && call.Ended < answer.Began));
            after = answer.Began;
        }

        return durable;
    }

    private static bool IsSuccess(SystemCall call) => call.Name is "sendto" or "sendmsg" or "write" or "writev" && Success().IsMatch(call.Arguments);

    [GeneratedRegex("\"HTTP/1\\.1 20\\d ")]
    private static partial Regex Success();
}
