using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class PassWindowTests
{
    private readonly PassWindow _window = new();

    [Fact]
    public void Best_rate_times_best_time_is_what_the_server_holds()
    {
        Pass(0, 40, 30);
        Pass(100, 90, 25);
        Pass(200, 50, 60);

        Assert.Equal(22, InFlight(300)); // 90 · 25 · 10 / 1000 = 22.5
    }

    [Fact]
    public void Bucket_that_is_being_filled_does_not_count()
    {
        Pass(0, 40, 25);
        Pass(100, 400, 25);

        Assert.Equal(10, InFlight(199)); // 40 · 25 · 10 / 1000
        Assert.Equal(100, InFlight(200)); // 400 · 25 · 10 / 1000
    }

    [Fact]
    public void Times_are_cut_to_milliseconds_and_their_averages_rounded_up()
    {
        Pass(0, 100, 2.9); // 2
        Assert.Equal(2, InFlight(100)); // 100 · 2 · 10 / 1000

        Pass(200, 50, 1.2); // with the next: (50 · 1 + 50 · 2) / 100 = 1.5, 2
        Pass(200, 50, 2);
        Pass(200, 50, 0.9); // passes, but has no time
        Assert.Equal(3, InFlight(300)); // 150 · 2 · 10 / 1000
    }

    [Fact]
    public void Empty_window_holds_none() => Assert.Equal(0, InFlight(5000)); // 1 · 1 · 10 / 1000

    [Fact]
    public void Bucket_counts_for_the_99_buckets_after_it()
    {
        Pass(0, 400, 25);

        Assert.Equal(100, InFlight(9_900));
        Assert.Equal(0, InFlight(10_000));
    }

    [Fact]
    public void Long_pause_leaves_nothing()
    {
        Pass(0, 400, 25);
        Pass(100, 400, 25);

        Assert.Equal(0, InFlight(3_600_000));
    }

    private void Pass(double milliseconds, int count, double took)
    {
        for (int i = 0; i < count; i++)
        {
            _window.Add(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(took));
        }
    }

    private int InFlight(double milliseconds) => _window.InFlight(TimeSpan.FromMilliseconds(milliseconds));
}
