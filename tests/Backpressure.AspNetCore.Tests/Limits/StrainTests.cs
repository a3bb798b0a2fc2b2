using Backpressure.AspNetCore.Limits;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class StrainTests
{
    private const double Steepest = 1.3; // 3√3/8, over the half, 0.5

    private static readonly Gen<Strain> Strains = Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1]).Select((a, b, c, d) => new Strain(a, b, c, d));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.05, 0.9900990099)] // 1/(1 + 1/100)
    [InlineData(0.25, 0.8)] // 1/(1 + 1/4)
    [InlineData(0.5, 0.5)]
    [InlineData(1, 0.2)] // 1/(1 + 4)
    [InlineData(7, 0.2)]
    [InlineData(-1, 1)]
    [InlineData(double.NaN, 1)]
    public void Each_cause_alone_counts_alike(double share, double expected) =>
        Assert.All([new Strain(share, 0, 0, 0), new(0, share, 0, 0), new(0, 0, share, 0), new(0, 0, 0, share)], strain => Assert.Equal(expected, strain.Gain, 9));

    [Theory]
    [InlineData(0.5, 0.5, 0, 0, 0.3333333333)]
    [InlineData(0.5, 0.5, 0.5, 0.5, 0.2)]
    [InlineData(0.25, 0.5, 0, 1, 0.16)] // 1/(1 + 1/4 + 1 + 4)
    [InlineData(1, 1, 1, 1, 0.0588235294)] // 1/17
    public void Together_they_add_up(double collecting, double throttled, double crowded, double reclaiming, double expected) =>
        Assert.Equal(expected, new Strain(collecting, throttled, crowded, reclaiming).Gain, 9);

    [Fact]
    public void No_strain_is_exactly_1() => Assert.Equal(1d, default(Strain).Gain);

    [Fact]
    public void More_strain_never_leaves_more() => Gen.Select(Strains, Strains).Sample((a, b) =>
    {
        Strain more = new(a.Collecting + b.Collecting, a.Throttled + b.Throttled, a.Crowded + b.Crowded, a.Reclaiming + b.Reclaiming);

        return more.Gain <= a.Gain && a.Gain is > 0.058 and <= 1;
    });

    [Fact]
    public void There_is_no_step_in_it() => Gen.Select(Strains, Strains, Gen.Double[0, 1]).Sample((a, b, how) =>
    {
        double nearness = how * how * how;
        Strain near = new(Between(a.Collecting, b.Collecting), Between(a.Throttled, b.Throttled), Between(a.Crowded, b.Crowded), Between(a.Reclaiming, b.Reclaiming));
        double distance = Math.Abs(near.Collecting - a.Collecting) + Math.Abs(near.Throttled - a.Throttled) + Math.Abs(near.Crowded - a.Crowded) + Math.Abs(near.Reclaiming - a.Reclaiming);

        return Math.Abs(near.Gain - a.Gain) <= (Steepest * distance) + 1e-12;

        double Between(double from, double to) => from + (nearness * (to - from));
    });
}
