namespace DemoApi.Tests.Load;

/// <summary>Measures what a service can do: a fixed number of clients, each sending again as soon as it is served.</summary>
internal static class ClosedLoop
{
    /// <summary>Requests served per second.</summary>
    /// <exception cref="InvalidOperationException">A request was not served, so that this was no measurement of capacity.</exception>
    public static async Task<double> MeasureAsync(LoadClient client, Uri target, Version version, int clients, TimeSpan duration)
    {
        TimeProvider time = client.Time;
        long start = time.GetTimestamp();
        int[] served = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => RepeatAsync(client, target, version, start, duration)));
        return served.Sum() / time.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<int> RepeatAsync(LoadClient client, Uri target, Version version, long start, TimeSpan duration)
    {
        int served = 0;
        while (client.Time.GetElapsedTime(start) < duration)
        {
            (Bucket bucket, Answer? answer, string? error) = await client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, target), $"closed-{Guid.NewGuid():N}", version, TimeSpan.FromSeconds(20));
            if (bucket != Bucket.Served)
            {
                throw new InvalidOperationException($"The capacity cannot be measured: a request ended as {bucket} ({answer?.Status}) {error}");
            }

            served++;
        }

        return served;
    }
}
