namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Reads from /proc what this process holds.</summary>
internal static class ProcessFacts
{
    public const string TimerFdLink = "anon_inode:[timerfd]";

    public static int TimerDescriptors() => Directory.EnumerateFiles("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget == TimerFdLink);

    /// <summary>The kernel keeps the first fifteen characters of a thread's name.</summary>
    public static int TimerThreads() => Directory.EnumerateDirectories("/proc/self/task").Count(path => NameOf(path).StartsWith("Backpressure ti", StringComparison.Ordinal));

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return ""; // it has ended meanwhile
        }
    }
}
