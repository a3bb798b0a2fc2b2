using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class CorrelationWindowTests
{
    [Fact]
    public void There_is_nothing_before_ten_pairs()
    {
        CorrelationWindow window = new();
        for (int i = 1; i <= 9; i++)
        {
            Assert.Equal((0, 0), window.Add(i, i));
        }

        (double correlation, double variation) = window.Add(10, 10);
        Assert.Equal(1, correlation, 9);
        Assert.Equal(Math.Sqrt(8.25) / 5.5, variation, 9); // of 1 to 10: mean 5.5, variance (100 − 1) / 12
    }

    [Fact]
    public void Opposite_values_correlate_negatively()
    {
        CorrelationWindow window = new();
        for (int i = 1; i <= 9; i++)
        {
            window.Add(i, 20 - i);
        }

        Assert.Equal(-1, window.Add(10, 10).Correlation, 9);
    }

    [Fact]
    public void Correlation_is_covariance_over_the_deviations()
    {
        CorrelationWindow window = new();
        double[] ys = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1];
        double correlation = 0;
        for (int i = 0; i < 10; i++)
        {
            (correlation, _) = window.Add(i + 1, ys[i]);
        }

        // means 5.5 and 1.5; the products sum to ½ · (1 − 2 + 3 − 4 + … − 10) = −2.5: covariance −0.25, deviations √8.25 and 0.5
        Assert.Equal(-0.25 / (Math.Sqrt(8.25) * 0.5), correlation, 9);
    }

    [Theory]
    [InlineData(0.001, 1)] // x varies by 0.29 %
    [InlineData(1, 0.0001)] // y varies by 0.03 %
    public void Values_that_hardly_vary_do_not_correlate(double stepX, double stepY)
    {
        CorrelationWindow window = new();
        (double Correlation, double Variation) last = default;
        for (int i = 0; i < 10; i++)
        {
            last = window.Add(1 + (i * stepX), 1 + (i * stepY));
        }

        Assert.Equal(0, last.Correlation);
        Assert.Equal(stepY * Math.Sqrt(8.25) / (1 + (4.5 * stepY)), last.Variation, 9);
    }

    [Fact]
    public void Only_the_last_fifty_pairs_count()
    {
        CorrelationWindow window = new();
        for (int i = 1; i <= 100; i++)
        {
            window.Add(i, 1000 - i);
        }

        (double Correlation, double Variation) last = default;
        for (int i = 1; i <= 50; i++)
        {
            last = window.Add(i, i);
        }

        Assert.Equal(1, last.Correlation, 9);
        Assert.Equal(Math.Sqrt((2500 - 1) / 12.0) / 25.5, last.Variation, 9);
    }
}
