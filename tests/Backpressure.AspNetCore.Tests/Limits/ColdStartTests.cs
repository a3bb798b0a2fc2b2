using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class ColdStartTests
{
    private const double Initial = 20;

    [Fact]
    public void Without_a_reading_of_the_processors_nothing_grows()
    {
        ColdStart cold = new(Initial);

        Assert.All(Rush(cold, from: 0, Initial), growth => Assert.Equal(1, growth));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.5, 2)]
    [InlineData(0.7, 1.5)]
    [InlineData(0.9, 1)]
    [InlineData(1, 1)]
    public void The_busier_the_processors_the_less_it_grows(double share, double expected)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(share);

        Assert.Equal(expected, Rush(cold, from: 0, Initial).Max(), 9);
    }

    [Fact]
    public void It_grows_once_for_each_reading()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        Assert.Equal([1, 1, 1, 1, 1, 2, 1, 1, 1, 1], Rush(cold, from: 0, Initial));

        cold.NoteProcessors(0);
        Assert.Equal(2, cold.GrowthFor(0.02, 40));
    }

    [Fact]
    public void Arrivals_that_would_need_more_than_a_second_to_fill_the_limit_can_wait_for_a_measurement()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(1, cold.GrowthFor(i * 0.051, Initial)); // 19.6 a second
        }
    }

    [Theory]
    [InlineData(639, 2)]
    [InlineData(640, 1)]
    public void It_ends_at_32_times_the_initial_limit(double limit, double expected)
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);

        Assert.Equal(expected, Rush(cold, from: 0, limit).Max());
    }

    [Fact]
    public void It_ends_a_second_after_the_first_growth()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0, Initial).Max());

        cold.NoteProcessors(0);
        Assert.Equal(1, Rush(cold, from: 1.1, 40).Max());
    }

    [Fact]
    public void An_empty_server_starts_anew()
    {
        ColdStart cold = new(Initial);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0, Initial).Max());

        cold.NoteCompletion(5, inFlight: 3);
        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 10, 40).Max());
    }

    [Fact]
    public void Answers_that_come_at_a_steady_rate_end_it()
    {
        ColdStart cold = new(Initial);
        for (int i = 0; i < 100; i++)
        {
            cold.NoteCompletion(i * 0.001, inFlight: 20);
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.1, Initial).Max()); // room for the ups and downs
        Assert.True(cold.IsOver);
    }

    [Fact]
    public void Answers_that_come_faster_and_faster_do_not()
    {
        ColdStart cold = new(Initial);
        for (int i = 1; i <= 100; i++)
        {
            cold.NoteCompletion(0.1 * Math.Sqrt(i / 100.0), inFlight: 20); // a rate that rises from zero
        }

        cold.NoteProcessors(0);
        Assert.Equal(2, Rush(cold, from: 0.1, Initial).Max());
        Assert.False(cold.IsOver);
    }

    /// <summary>Ten arrivals, a millisecond apart.</summary>
    private static double[] Rush(ColdStart cold, double from, double limit) => [.. Enumerable.Range(0, 10).Select(i => cold.GrowthFor(from + (i * 0.001), limit))];
}
