using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Http;

/// <summary>What the gate answered, or the limiter of the application that stands in its place.</summary>
/// <param name="Outcome">Granted, shed or cancelled.</param>
/// <param name="Reason">Why it was shed.</param>
/// <param name="Lease">What a limiter gave, to be disposed when the request is done: the permit, or a refusal that may say when to come back.</param>
internal readonly record struct AdmissionAnswer(Outcome Outcome, ShedReason Reason, RateLimitLease? Lease);
