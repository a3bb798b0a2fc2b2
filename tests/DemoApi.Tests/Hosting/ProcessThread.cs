using System.Globalization;

namespace DemoApi.Tests.Hosting;

/// <summary>A thread of a process, and the processor time that it has used.</summary>
/// <param name="Name">Of the name, the kernel keeps fifteen characters.</param>
/// <param name="Processor">In its program and in the kernel.</param>
public sealed record ProcessThread(string Name, TimeSpan Processor)
{
    private const int TicksPerSecond = 100; // of the kernel's accounts, on every Linux that .NET runs on

    /// <summary>The threads of a process now.</summary>
    public static IReadOnlyList<ProcessThread> Of(int process) =>
        [.. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")).Select(Read).OfType<ProcessThread>()];

    private static ProcessThread? Read(string task)
    {
        string account;
        try
        {
            account = File.ReadAllText(Path.Combine(task, "stat"));
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }

        int name = account.IndexOf('(', StringComparison.Ordinal) + 1;
        int end = account.LastIndexOf(')'); // a name may hold one
        string[] fields = account[(end + 2)..].Split(' '); // of proc(5), the first is the third
        return new ProcessThread(account[name..end], TimeSpan.FromSeconds((Ticks(fields[11]) + Ticks(fields[12])) / (double)TicksPerSecond));
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
