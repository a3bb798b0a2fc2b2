using DemoApi.Tests.Load;

namespace DemoApi.Tests.Flood;

/// <summary>Asks an exempt endpoint again and again, as an orchestrator does.</summary>
internal sealed class HealthProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<Bucket> _answers = [];

    public IReadOnlyList<Bucket> Answers => _answers;

    /// <summary>Asks until it is told to stop.</summary>
    public async Task RunAsync(LoadClient client, Uri target, Version version, CancellationToken stop)
    {
        using PeriodicTimer timer = new(Interval, client.Time);
        while (!stop.IsCancellationRequested)
        {
            (Bucket bucket, _, _) = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, target), "probe", version, Patience);
            _answers.Add(bucket);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
