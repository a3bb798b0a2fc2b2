namespace DemoApi.Tests.Load;

public sealed class LoadReportTests
{
    private static readonly LoadPlan Plan = new() { Target = new Uri("http://localhost"), PerSecond = 100, Duration = TimeSpan.FromSeconds(1), Seed = 1 };

    [Fact]
    public void Generator_that_kept_its_schedule_is_valid() => Assert.True(Of(100, late: 1, LoadReport.AllowedLateness * 2).IsValid);

    [Fact]
    public void Generator_that_fell_behind_is_invalid() => Assert.False(Of(100, late: 2, LoadReport.AllowedLateness * 2).IsValid);

    [Fact]
    public void Generator_that_dropped_a_request_is_invalid()
    {
        LoadReport report = new(Plan, due: 101, Of(100, late: 0, TimeSpan.Zero).Exchanges);

        Assert.Equal(1, report.Dropped);
        Assert.False(report.IsValid);
    }

    [Fact]
    public void Every_request_is_in_exactly_one_bucket()
    {
        LoadReport report = new(Plan, due: 6, [.. Enum.GetValues<Bucket>().Select(bucket => At(0, TimeSpan.Zero) with { Bucket = bucket })]);

        Assert.All(Enum.GetValues<Bucket>(), bucket => Assert.Equal(1, report.Count(bucket)));
    }

    [Fact]
    public void Goodput_counts_what_was_served_in_time_from_its_intended_start()
    {
        TimeSpan patience = TimeSpan.FromMilliseconds(100);
        LoadReport report = new(Plan, due: 4,
        [
            At(10, lateness: TimeSpan.Zero) with { EndedAt = TimeSpan.FromMilliseconds(110) },
            At(20, lateness: patience) with { EndedAt = TimeSpan.FromMilliseconds(121) }, // sent late, which is no excuse
            At(30, lateness: TimeSpan.Zero) with { Bucket = Bucket.Refused },
            At(500, lateness: TimeSpan.Zero),
        ]);

        Assert.Equal(2, report.GoodputPerSecond(TimeSpan.Zero, TimeSpan.FromSeconds(0.5), patience));
    }

    private static LoadReport Of(int count, int late, TimeSpan lateness) =>
        new(Plan, count, [.. Enumerable.Range(0, count).Select(number => At(number, number < late ? lateness : TimeSpan.Zero))]);

    private static Exchange At(int dueMilliseconds, TimeSpan lateness)
    {
        TimeSpan due = TimeSpan.FromMilliseconds(dueMilliseconds);
        return new Exchange { Id = $"{dueMilliseconds}", Due = due, SentAt = due + lateness, EndedAt = due + lateness, Bucket = Bucket.Served };
    }
}
