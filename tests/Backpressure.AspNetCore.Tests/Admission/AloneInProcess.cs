namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>For tests that need both processors, or count the bytes of the whole heap: no other test runs beside them.</summary>
[CollectionDefinition(nameof(AloneInProcess), DisableParallelization = true)]
public sealed class AloneInProcess;
