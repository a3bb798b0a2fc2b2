namespace DemoApi.Tests.Load;

/// <summary>Tells that a generator could not keep its schedule, again and again: the runs say nothing about the server.</summary>
internal sealed class InvalidRunException : Exception
{
    public InvalidRunException(TimeSpan allowed, IReadOnlyList<string> runs)
        : base($"INVALID, not failed: the generator fell behind {runs.Count} times (allowed lateness {allowed.TotalMilliseconds:F0} ms). {string.Join("; ", runs)}.")
    {
    }
}
