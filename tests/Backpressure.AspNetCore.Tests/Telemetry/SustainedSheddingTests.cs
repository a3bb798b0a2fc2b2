using Backpressure.AspNetCore.Telemetry;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class SustainedSheddingTests
{
    private TimeSpan _now;

    [Fact]
    public void It_lasts_from_the_first_refusal_while_no_two_seconds_pass_without_one()
    {
        SustainedShedding shedding = new(() => _now);
        for (int i = 0; i < 10; i++)
        {
            shedding.Note(_now);
            _now += TimeSpan.FromSeconds(1.9);
        }

        Assert.Equal(TimeSpan.FromSeconds(19), shedding.Lasted);
    }

    [Fact]
    public void It_is_over_two_seconds_after_the_last_refusal()
    {
        SustainedShedding shedding = new(() => _now);
        shedding.Note(_now);

        _now += TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1);
        Assert.Equal(_now, shedding.Lasted);

        _now += TimeSpan.FromTicks(1);
        Assert.Equal(TimeSpan.Zero, shedding.Lasted);
    }

    [Fact]
    public void Where_nothing_was_refused_it_never_was() => Assert.Equal(TimeSpan.Zero, new SustainedShedding(() => TimeSpan.FromDays(1)).Lasted);

    [Fact]
    public void A_model_that_remembers_every_refusal_agrees() => Gen.Int[1, 4_000].List[1, 40].Sample(static gaps =>
    {
        TimeSpan now = TimeSpan.Zero;
        SustainedShedding shedding = new(() => now);
        TimeSpan spellBegan = TimeSpan.Zero;
        TimeSpan last = TimeSpan.MinValue;
        foreach (int gap in gaps)
        {
            if (last == TimeSpan.MinValue || now - last >= TimeSpan.FromSeconds(2))
            {
                spellBegan = now;
            }

            shedding.Note(now);
            last = now;
            now += TimeSpan.FromMilliseconds(gap);
            TimeSpan expected = gap < 2_000 ? now - spellBegan : TimeSpan.Zero;
            if (shedding.Lasted != expected)
            {
                return false;
            }
        }

        return true;
    });
}
