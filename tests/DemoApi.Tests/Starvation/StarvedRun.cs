using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Starvation;

/// <summary>What became of requests whose handlers held the whole pool of their server.</summary>
/// <param name="Told">Their clients.</param>
/// <param name="Lateness">By how much a bare thread beside the clients missed an instant meanwhile, at worst.</param>
/// <param name="Metrics">Of the server, once the handlers were done; <see langword="null"/> where that thread was too late, and nobody waited for them.</param>
/// <param name="Log">What the server printed.</param>
internal sealed record StarvedRun(IReadOnlyList<ToldClient> Told, TimeSpan Lateness, MetricsText? Metrics, IReadOnlyList<string> Log);
