namespace Backpressure.Http.Client;

/// <summary>Says what an attempt is: how many came before it, whether another handler than ours caused it, and whether the budget refuses it.</summary>
internal readonly record struct AttemptStart(int Earlier, bool IsResend, bool IsRefused);
