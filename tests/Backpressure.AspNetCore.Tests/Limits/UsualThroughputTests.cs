using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class UsualThroughputTests
{
    private readonly ServiceTimes _times = new();

    [Fact]
    public void Windows_under_one_limit_are_added_up()
    {
        UsualThroughput usual = new();

        Assert.True(Add(usual, 100));
        Assert.True(Add(usual, 104));

        Assert.Equal((102.0, 200.0), (usual.Present!.Value.Rate, usual.Present.Value.Completions));
        Assert.False(usual.SeemsLower);
    }

    [Fact]
    public void Another_limit_begins_anew_but_what_is_expected_of_it_is_held_against_it()
    {
        UsualThroughput usual = new();
        usual.BeginAnew();
        usual.Expect(new ThroughputPoint(1000, 10, 1000));

        Assert.False(Add(usual, 100));

        Assert.Null(usual.Present);
        Assert.True(usual.SeemsLower);
        Assert.Equal(10, usual.TakeShortfall(new ThroughputPoint(100, 10, 100)), 9);
        Assert.False(usual.SeemsLower); // asked once
    }

    [Fact]
    public void What_it_did_when_nobody_was_held_back_is_held_against_it_too()
    {
        UsualThroughput usual = new();
        usual.NoteFree(new ThroughputPoint(1000, 3, 1000), wasHeld: false);

        Assert.False(Add(usual, 100));
    }

    [Fact] // when a flood begins, more is done than before: the server is the same
    public void More_than_anybody_asked_for_before_is_no_change()
    {
        UsualThroughput usual = new();
        usual.NoteFree(new ThroughputPoint(50, 3, 1000), wasHeld: false);

        Assert.True(Add(usual, 100));
        Assert.Equal(100, usual.Done, 9);
        Assert.False(Add(usual, 1000)); // now it is
    }

    [Theory] // what was measured while it held requests back stays what it was in a pause
    [InlineData(false)]
    [InlineData(true)]
    public void More_than_it_did_when_it_was_asked_for_all_is_a_change(bool isHeld)
    {
        UsualThroughput usual = new();
        Add(usual, 100);
        usual.NoteFree(isHeld ? new ThroughputPoint(50, 3, 1000) : null, isHeld);

        Assert.False(Add(usual, 1000));
    }

    [Fact]
    public void After_a_climb_nothing_is_expected()
    {
        UsualThroughput usual = new();
        Add(usual, 100);
        usual.BeginAnew();
        usual.Expect(null);

        Assert.True(Add(usual, 400));
    }

    [Fact]
    public void Where_times_vary_so_do_counts_before_any_was_compared()
    {
        for (int i = 0; i < 100; i++)
        {
            _times.Note(i % 10 == 0 ? 1 : 0.01, Ending.Served);
        }

        Assert.Equal(_times.Spread, new UsualThroughput().DispersionFor(_times));
        Assert.True(_times.Spread > 2);
    }

    private bool Add(UsualThroughput usual, double rate) => usual.Add(new ThroughputPoint(rate, 10, 100), length: 1, _times);
}
