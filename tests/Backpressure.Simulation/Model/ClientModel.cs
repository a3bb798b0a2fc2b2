namespace Backpressure.Simulation.Model;

/// <summary>How callers behave.</summary>
/// <param name="Timeout">How long they wait for the answer to an attempt.</param>
/// <param name="MaximumAttempts">How often they send one request at most.</param>
/// <param name="RetryBudgetRatio">How many retries a first attempt pays for; <see langword="null"/> for no budget.</param>
/// <param name="BackOff">The longest wait before the first retry, which doubles with each.</param>
internal sealed record ClientModel(TimeSpan Timeout, int MaximumAttempts, double? RetryBudgetRatio, TimeSpan BackOff);
