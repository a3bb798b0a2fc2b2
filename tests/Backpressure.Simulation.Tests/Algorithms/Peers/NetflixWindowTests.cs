using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class NetflixWindowTests
{
    private readonly NetflixWindow _window = new();
    private WindowSample _sample;

    [Fact]
    public void First_completion_only_opens_the_first_window() => Assert.False(End(5, 10));

    [Fact]
    public void Tenth_sample_after_a_second_closes_a_window_with_the_average_the_maximum_and_no_drop()
    {
        End(0.5, 10);
        for (int i = 1; i <= 9; i++)
        {
            Assert.False(End(0.5 + (i * 0.1), 10 * i, inFlight: 20 - i));
        }

        // (10 + 20 + … + 90 + 100) / 10 = 55
        Assert.True(End(1.51, 100, inFlight: 3));
        Assert.Equal(new WindowSample(55 * TimeSpan.TicksPerMillisecond, 19, false), _sample);
    }

    [Fact]
    public void Window_of_nine_samples_is_thrown_away()
    {
        End(0.5, 10);
        for (int i = 1; i <= 8; i++)
        {
            End(1, 10);
        }

        Assert.False(End(1.51, 10));
        for (int i = 1; i <= 9; i++)
        {
            End(2, 30);
        }

        Assert.True(End(2.52, 30));
        Assert.Equal(30 * TimeSpan.TicksPerMillisecond, _sample.Rtt);
    }

    [Fact]
    public void Window_is_still_open_at_the_end_of_its_second()
    {
        End(0.5, 10);
        for (int i = 1; i <= 9; i++)
        {
            End(1, 10);
        }

        Assert.False(End(1.5, 10));
        Assert.True(End(1.5001, 10));
    }

    [Theory]
    [InlineData(CompletionKind.Failed)]
    [InlineData(CompletionKind.Aborted)]
    internal void One_failure_or_one_caller_who_left_is_a_drop_and_a_sample(CompletionKind kind)
    {
        End(0.5, 10);
        End(1, 110, kind: kind);
        for (int i = 1; i <= 8; i++)
        {
            End(1, 10);
        }

        // (110 + 9 · 10) / 10 = 20
        Assert.True(End(1.51, 10));
        Assert.Equal(new WindowSample(20 * TimeSpan.TicksPerMillisecond, 1, true), _sample);
    }

    [Fact]
    public void Times_under_100_microseconds_are_no_samples()
    {
        End(0.5, 10);
        for (int i = 1; i <= 9; i++)
        {
            End(1, 0.1);
        }

        Assert.False(End(1.51, 0.0999));
        Assert.True(End(1.52, 0.1));
    }

    private bool End(double seconds, double milliseconds, int inFlight = 1, CompletionKind kind = CompletionKind.Succeeded) =>
        _window.TryClose(new Completion(TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(milliseconds), inFlight, 0, kind), out _sample);
}
