namespace Backpressure.AspNetCore.Tests;

public class LimitOptionsTests
{
    [Fact]
    public void Unset_members_are_what_their_documentation_says()
    {
        LimitOptions options = new();

        Assert.Equal((LimitAlgorithm.Adaptive, 1, 1000), (options.Algorithm, options.Minimum, options.Maximum));
        Assert.Equal(Math.Clamp(4 * Environment.ProcessorCount, 8, 1000), options.Initial);
        Assert.Null(options.LimiterFactory);
    }

    [Theory]
    [InlineData(1, 3, 3)]
    [InlineData(900, 1000, 900)]
    [InlineData(5, 5, 5)]
    public void The_default_of_Initial_is_moved_between_Minimum_and_Maximum(int minimum, int maximum, int expected) =>
        Assert.Equal(expected, new LimitOptions { Minimum = minimum, Maximum = maximum }.Initial);

    [Fact] // so that the check of all options can name the mistake
    public void Contradictory_bounds_do_not_make_the_default_of_Initial_throw() =>
        Assert.Null(Record.Exception(() => new LimitOptions { Minimum = 50, Maximum = 3 }.Initial));

    [Fact] // a mistake is reported, not mended in silence
    public void What_Initial_is_set_to_is_not_moved() =>
        Assert.Equal(500, new LimitOptions { Initial = 500, Maximum = 3 }.Initial);

    [Fact]
    public void It_knows_what_was_set_even_to_the_default()
    {
        Assert.Equal((false, false, false), Set(new LimitOptions()));
        Assert.Equal((true, false, false), Set(new LimitOptions { Algorithm = LimitAlgorithm.Adaptive }));
        Assert.Equal((false, true, false), Set(new LimitOptions { Maximum = 1000 }));
        Assert.Equal((false, false, true), Set(new LimitOptions { Minimum = 1 }));
        Assert.Equal((false, false, true), Set(new LimitOptions { Initial = 8 }));
    }

    private static (bool Algorithm, bool Maximum, bool InitialOrMinimum) Set(LimitOptions options) =>
        (options.SetsAlgorithm, options.SetsMaximum, options.SetsInitialOrMinimum);
}
