namespace Backpressure.Tests;

/// <summary>Gathers the tests that load the machine or measure time; they run alone, in this process and beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimingSensitive : ICollectionFixture<TimingLock>
{
    public const string Name = "timing sensitive";
}
