namespace Backpressure.Benchmarks;

/// <summary>One thing that both sides can do.</summary>
/// <param name="Name">As <c>compare</c> prints it.</param>
/// <param name="Make">Makes both sides anew, so that nothing of one case lasts into the next.</param>
/// <param name="Threads">How many threads do it at once; the time of one is then the wall time divided by all that was done.</param>
internal sealed record Case(string Name, Func<Sides> Make, int Threads = 1);
