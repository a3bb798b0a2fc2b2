using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Http;

/// <summary>What a limiter of the application answered.</summary>
/// <param name="Outcome">Granted, shed or cancelled.</param>
/// <param name="Reason">Why it was shed.</param>
/// <param name="Lease">What to dispose when the request is done: the permit, or a refusal that may say when to come back.</param>
internal readonly record struct PluggedAnswer(Outcome Outcome, ShedReason Reason, RateLimitLease? Lease);
