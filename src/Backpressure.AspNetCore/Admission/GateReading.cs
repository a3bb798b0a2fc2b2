namespace Backpressure.AspNetCore.Admission;

/// <summary>The gate as it stood at one instant.</summary>
internal sealed record GateReading(int Limit, int InUse, PolicyReading[] Policies);
