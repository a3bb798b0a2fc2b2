using System.Globalization;

namespace DemoApi.Tests.Load;

/// <summary>Sends requests when they are due, whatever became of the earlier ones, and tells what became of each; ends by itself.</summary>
internal sealed class OpenLoop : IDisposable
{
    private static int Runs; // Interlocked only; makes ids differ between runs of one seed

    private readonly LoadClient _client;
    private readonly TimeProvider _time;

    /// <param name="time">Paces the requests and ends their patience.</param>
    /// <param name="handler">What to send with, when it is not a stranger who sends.</param>
    public OpenLoop(TimeProvider time, HttpMessageHandler? handler = null)
    {
        _time = time;
        _client = new LoadClient(time, handler);
    }

    public async Task<LoadReport> RunAsync(LoadPlan plan)
    {
        TimeSpan[] arrivals = PoissonSchedule.Draw(plan.PerSecond, plan.Duration, plan.Seed);
        List<Task<Exchange>> exchanges = new(arrivals.Length);
        int run = Interlocked.Increment(ref Runs);
        using Pacer pacer = new(_time);
        for (int number = 0; number < arrivals.Length && !plan.Stop.IsCancellationRequested; number++)
        {
            await pacer.WaitUntilAsync(arrivals[number]);
            exchanges.Add(SendAsync(plan, run, number, arrivals[number], pacer));
        }

        int due = plan.Stop.IsCancellationRequested ? exchanges.Count : arrivals.Length;
        return new LoadReport(plan, due, await Task.WhenAll(exchanges));
    }

    public void Dispose() => _client.Dispose();

    private async Task<Exchange> SendAsync(LoadPlan plan, int run, int number, TimeSpan due, Pacer pacer)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{run}-{number}");
        TimeSpan sentAt = pacer.Elapsed;
        HttpRequestMessage request = plan.Request?.Invoke(number) ?? new HttpRequestMessage(HttpMethod.Get, plan.Target);
        (Bucket bucket, Answer? answer, string? error) = await _client.SendAsync(request, id, plan.Version, plan.Patience(number));
        Exchange exchange = new() { Id = id, Due = due, SentAt = sentAt, EndedAt = pacer.Elapsed, Bucket = bucket, Answer = answer, Error = error };
        plan.Ended?.Invoke(exchange);
        return exchange;
    }
}
