using Backpressure.AspNetCore.Tests.Hosting;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The longer the server sheds without a pause, the longer are the waits that it asks for.</summary>
public sealed class RetryAfterGrowthTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task While_shedding_goes_on_the_waits_grow_by_doubling()
    {
        await using App app = await AppAsync(maximum: 32);

        List<TimeSpan> waits = await ShedAsync(app, 120, Second);

        Assert.InRange(waits[0], Second, 4 * Second);
        Assert.All(waits.TakeLast(30), static wait => Assert.True(wait >= 4 * Second, $"After a minute and a half somebody was asked for {wait} alone"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(32)]
    public async Task However_long_it_goes_on_no_wait_passes_the_largest(int maximum)
    {
        await using App app = await AppAsync(maximum);

        List<TimeSpan> waits = await ShedAsync(app, 120, Second);

        Assert.All(waits, wait => Assert.InRange(wait, Second, maximum * Second));
    }

    [Fact]
    public async Task However_long_it_goes_on_the_refused_are_not_told_to_come_back_together()
    {
        await using App app = await AppAsync(maximum: 32);
        _ = await ShedAsync(app, 120, Second);

        List<TimeSpan> waits = await ShedAsync(app, 40, TimeSpan.Zero);

        Assert.True(waits.Distinct().Count() > 20, $"40 refusals asked for {waits.Distinct().Count()} different waits");
    }

    [Fact]
    public async Task After_ten_seconds_without_a_refusal_the_waits_are_the_smallest_again()
    {
        await using App app = await AppAsync(maximum: 32);
        _ = await ShedAsync(app, 120, Second);

        app.Time.Advance(10 * Second);
        List<TimeSpan> waits = await ShedAsync(app, 40, TimeSpan.Zero);

        Assert.All(waits, static wait => Assert.InRange(wait, Second, 4 * Second));
        Assert.True(waits.Min() < 2 * Second, $"Nobody was asked for less than {waits.Min()}");
    }

    [Fact]
    public async Task Refusals_with_pauses_between_them_do_not_make_the_waits_grow()
    {
        await using App app = await AppAsync(maximum: 32);

        List<TimeSpan> waits = await ShedAsync(app, 60, 11 * Second);

        Assert.All(waits, static wait => Assert.InRange(wait, Second, 4 * Second));
    }

    [Fact]
    public async Task Many_refusals_at_once_do_not_make_the_waits_grow()
    {
        await using App app = await AppAsync(maximum: 32);

        List<TimeSpan> waits = await ShedAsync(app, 500, TimeSpan.Zero);

        Assert.All(waits, static wait => Assert.InRange(wait, Second, 4 * Second));
    }

    /// <summary>The waits that so many refusals ask for, with a step of time after each.</summary>
    private static async Task<List<TimeSpan>> ShedAsync(App app, int refusals, TimeSpan step)
    {
        List<TimeSpan> waits = [];
        for (int i = 0; i < refusals; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/");
            waits.Add(answer.RetryAfter());
            app.Time.Advance(step);
        }

        return waits;
    }

    private Task<App> AppAsync(int maximum) => FullApp.StartAsync(_turnstile, null, options =>
    {
        options.Timeout.Default = Timeout.InfiniteTimeSpan; // who holds the permit holds it however far the clock is moved
        options.Shed.MinimumRetryAfter = Second;
        options.Shed.MaximumRetryAfter = maximum * Second;
    });
}
