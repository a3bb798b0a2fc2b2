using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class DispersionTests
{
    [Fact]
    public void A_first_window_says_nothing() => Assert.Equal(1, Of((100, 1)));

    [Fact]
    public void Two_windows_compare_their_difference_with_that_of_chance() =>
        Assert.Equal(1 + (0.1 * ((400 / 220.0) - 1)), Of((100, 1), (120, 1)), 9); // 20² / (100 + 120)

    [Fact]
    public void Windows_that_are_all_alike_are_still_given_half_of_chance() => Assert.Equal(0.5, Of([.. Enumerable.Repeat((100.0, 1.0), 100)]));

    [Fact]
    public void A_change_of_the_server_counts_as_no_more_than_three_deviations() => Assert.Equal(1 + (0.1 * 8), Of((100, 1), (10_000, 1)), 9);

    [Fact]
    public void After_an_interruption_the_next_window_is_a_first_one()
    {
        Dispersion dispersion = new();
        dispersion.Add(100, 1);
        dispersion.Interrupt();
        dispersion.Add(1000, 1);

        Assert.Equal(1, dispersion.Value);
    }

    private static double Of(params (double Rate, double Length)[] windows)
    {
        Dispersion dispersion = new();
        foreach ((double rate, double length) in windows)
        {
            dispersion.Add(rate, length);
        }

        return dispersion.Value;
    }
}
