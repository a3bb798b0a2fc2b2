namespace DemoApi.Tests.Load;

public sealed class ValidRunTests
{
    private static readonly LoadPlan Plan = new() { Target = new Uri("http://localhost"), PerSecond = 100, Duration = TimeSpan.FromSeconds(1), Seed = 1 };
    private static readonly LoadReport Valid = new(Plan, due: 0, []);
    private static readonly LoadReport Invalid = new(Plan, due: 1, []);

    [Fact]
    public async Task Valid_run_is_not_repeated()
    {
        Queue<LoadReport> runs = new([Valid, Invalid]);

        Assert.Same(Valid, await RunAsync(runs));
        Assert.Single(runs);
    }

    [Fact]
    public async Task Invalid_run_is_repeated()
    {
        Queue<LoadReport> runs = new([Invalid, Invalid, Valid, Invalid]);

        Assert.Same(Valid, await RunAsync(runs));
        Assert.Single(runs);
    }

    [Fact]
    public async Task Run_that_is_invalid_each_time_fails_as_invalid()
    {
        Queue<LoadReport> runs = new([Invalid, Invalid, Invalid, Valid]);

        InvalidRunException thrown = await Assert.ThrowsAsync<InvalidRunException>(() => RunAsync(runs));

        Assert.StartsWith("INVALID", thrown.Message, StringComparison.Ordinal);
        Assert.Single(runs);
    }

    [Fact]
    public async Task Where_only_lateness_is_told_that_decides()
    {
        Queue<int> runs = new([21, 20, 0]);

        TimeSpan valid = await ValidRun.OfAsync(() => Task.FromResult(TimeSpan.FromMilliseconds(runs.Dequeue())), static late => late, TimeSpan.FromMilliseconds(20));

        Assert.Equal(TimeSpan.FromMilliseconds(20), valid);
    }

    private static Task<LoadReport> RunAsync(Queue<LoadReport> runs) => ValidRun.OfAsync(() => Task.FromResult(runs.Dequeue()), static report => report);
}
