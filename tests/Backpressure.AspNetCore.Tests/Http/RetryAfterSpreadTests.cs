using System.Globalization;
using Backpressure.AspNetCore.Tests.Hosting;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Two thousand who are refused together come back apart (C22).</summary>
public sealed class RetryAfterSpreadTests
{
    private const int Refusals = 2_000;

    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(1_000, 32_000, 2_500)]
    [InlineData(1, 32_000, 2_500)]
    [InlineData(5_000, 6_000, 900)]
    [InlineData(10_000, 30_000, 5_000)]
    public async Task No_tenth_of_a_second_is_asked_of_more_than_three_times_its_share(int minimum, int maximum, int spread)
    {
        List<TimeSpan> waits = await WaitsAsync(minimum, maximum);

        TimeSpan width = waits.Max() - waits.Min();
        double share = Refusals / (width / TimeSpan.FromMilliseconds(100));
        Assert.True(width >= TimeSpan.FromMilliseconds(spread), $"All came back within {width}");
        Assert.All(
            waits.CountBy(static wait => (int)(wait.TotalMilliseconds / 100)),
            tenth => Assert.True(tenth.Value <= 3 * share, $"{tenth.Value} were asked for the same tenth of a second, the share is {share}"));
    }

    [Theory]
    [InlineData(1_000, 32_000)]
    [InlineData(5_000, 5_000)]
    [InlineData(1, 1)]
    [InlineData(3_600_000, 3_600_000)]
    public async Task Every_wait_is_between_the_bounds_of_the_options(int minimum, int maximum)
    {
        List<TimeSpan> waits = await WaitsAsync(minimum, maximum);

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(minimum), TimeSpan.FromMilliseconds(maximum)));
    }

    private async Task<List<TimeSpan>> WaitsAsync(int minimum, int maximum)
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, options =>
        {
            options.Shed.MinimumRetryAfter = TimeSpan.FromMilliseconds(minimum);
            options.Shed.MaximumRetryAfter = TimeSpan.FromMilliseconds(maximum);
        });
        List<TimeSpan> waits = [];
        for (int i = 0; i < Refusals; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");
            TimeSpan wait = answer.RetryAfter();
            waits.Add(wait);
            Assert.Equal(Math.Ceiling(wait.TotalSeconds), int.Parse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return waits;
    }
}
