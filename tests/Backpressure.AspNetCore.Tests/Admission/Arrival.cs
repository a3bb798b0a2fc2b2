namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A request that comes to a simulated service: when, and how long it will hold its permit if it gets one.</summary>
internal readonly record struct Arrival(TimeSpan At, TimeSpan ServiceTime, Criticality Criticality = Criticality.Normal, bool IsRetry = false);
