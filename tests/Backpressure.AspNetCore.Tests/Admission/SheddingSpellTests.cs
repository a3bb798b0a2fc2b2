using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class SheddingSpellTests
{
    private readonly SheddingSpell _spell = new(Seconds(10));

    [Fact]
    public void Before_the_first_refusal_there_is_no_spell()
    {
        Assert.Null(_spell.LastAt);
        Assert.False(_spell.IsFresh(TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, _spell.Lasted(Seconds(1_000)));
    }

    [Fact]
    public void A_spell_lasts_from_its_first_refusal_to_now()
    {
        Note(100, 103, 109);

        Assert.Equal(Seconds(12), _spell.Lasted(Seconds(112)));
        Assert.Equal(Seconds(109), _spell.LastAt);
    }

    [Fact]
    public void It_lasts_for_no_time_at_its_first_refusal_nor_before()
    {
        Note(100);

        Assert.Equal(TimeSpan.Zero, _spell.Lasted(Seconds(100)));
        Assert.Equal(TimeSpan.Zero, _spell.Lasted(Seconds(99))); // a thread that read the clock before
    }

    [Theory]
    [InlineData(118.999, 18.999)]
    [InlineData(119, 0)]
    public void It_ends_after_the_pause_from_its_last_refusal(double now, double lasted)
    {
        Note(100, 109);

        Assert.Equal(Seconds(lasted), _spell.Lasted(Seconds(now)));
    }

    [Theory]
    [InlineData(118, 20)]
    [InlineData(119, 1)]
    public void A_refusal_goes_on_with_the_spell_before_the_pause_is_over_and_begins_a_new_one_after(int refusal, int lasted)
    {
        Note(100, 109, refusal);

        Assert.Equal(Seconds(lasted), _spell.Lasted(Seconds(120)));
    }

    [Fact]
    public void A_refusal_that_comes_late_neither_begins_a_spell_nor_moves_the_last_one_back()
    {
        Note(100, 105, 101, 99);

        Assert.Equal(Seconds(105), _spell.LastAt);
        Assert.Equal(Seconds(10), _spell.Lasted(Seconds(110)));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(100.999, true)]
    [InlineData(101, false)]
    public void It_is_fresh_for_a_second_after_a_refusal(double now, bool expected)
    {
        Note(90, 100);

        Assert.Equal(expected, _spell.IsFresh(Seconds(now)));
    }

    [Fact]
    public void A_spell_that_has_just_begun_never_looks_as_long_as_the_time_since_the_one_before()
    {
        long clock = 0;
        long longest = 0;

        RowRace.Run(
            3_000_000,
            i =>
            {
                Volatile.Write(ref clock, i * Seconds(20).Ticks);
                _spell.Note(Seconds(i * 20)); // each one alone
            },
            _ => longest = Math.Max(longest, _spell.Lasted(TimeSpan.FromTicks(Volatile.Read(ref clock))).Ticks));

        Assert.Equal(0, longest);
    }

    private void Note(params double[] seconds) => Array.ForEach(seconds, at => _spell.Note(Seconds(at)));

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
