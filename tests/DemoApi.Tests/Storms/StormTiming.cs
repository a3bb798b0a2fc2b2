namespace DemoApi.Tests.Storms;

/// <summary>When the capacity falls and comes back, from the start of the load, and how long both sides are watched after that.</summary>
internal static class StormTiming
{
    public static readonly TimeSpan Begins = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Ends = TimeSpan.FromSeconds(7);

    /// <summary>After this much more, goodput must be what it was (R10).</summary>
    public static readonly TimeSpan RecoversWithin = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Over = TimeSpan.FromSeconds(15);
}
