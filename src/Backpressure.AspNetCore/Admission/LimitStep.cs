using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>A limit was moved.</summary>
/// <param name="At">When.</param>
/// <param name="From">The limit before.</param>
/// <param name="To">The limit since.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct LimitStep(TimeSpan At, int From, int To, LimitReason Reason);
