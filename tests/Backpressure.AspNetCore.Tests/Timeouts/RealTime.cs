namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Keeps the tests that run on a real clock apart from all others, and from each other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealTime
{
    public const string Name = "real time";

    /// <summary>Bounds every wait for something that must happen; no test fails for being slow before that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task Within(Task task) => task.WaitAsync(Patience, TimeProvider.System);

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience, TimeProvider.System);
}
