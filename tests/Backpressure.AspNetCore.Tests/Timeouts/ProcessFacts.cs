namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Reads from /proc what this process holds.</summary>
internal static class ProcessFacts
{
    public const string TimerFdLink = "anon_inode:[timerfd]";

    /// <summary>All but those of assemblies, which the runtime opens as it needs them.</summary>
    public static int Descriptors() => Links().Count(static link => link?.EndsWith(".dll", StringComparison.Ordinal) != true);

    public static int TimerDescriptors() => Links().Count(static link => link == TimerFdLink);

    /// <summary>The kernel keeps the first fifteen characters of a thread's name.</summary>
    public static int TimerThreads() => ThreadNames().Count(static name => name.StartsWith("Backpressure ti", StringComparison.Ordinal));

    /// <summary>All but the runtime's own, which come and go with the work: those of its pool and its compiler.</summary>
    public static int LastingThreads() => ThreadNames().Count(static name => name.Length > 0 && !name.StartsWith(".NET T", StringComparison.Ordinal));

    private static IEnumerable<string?> Links() => Directory.EnumerateFiles("/proc/self/fd").Select(static path => new FileInfo(path).LinkTarget);

    private static IEnumerable<string> ThreadNames() => Directory.EnumerateDirectories("/proc/self/task").Select(NameOf);

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
