using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class SheddingRateTests
{
    private readonly SheddingRate _rate = new();

    [Fact]
    public void At_first_nothing_was_shed() => Assert.Equal(0, _rate.PerGrant);

    [Fact]
    public void It_is_the_mean_of_what_was_refused_between_two_grants()
    {
        _rate.NoteGrant(4);
        _rate.NoteGrant(4);
        _rate.NoteGrant(9);

        Assert.Equal((4 + 0 + 5) / 3.0, _rate.PerGrant, 9);
    }

    [Fact]
    public void The_latest_grant_weighs_a_sixty_fourth_once_there_were_many()
    {
        for (int grant = 1; grant <= 1_000; grant++)
        {
            _rate.NoteGrant(grant);
        }

        _rate.NoteGrant(1_000 + 65);

        Assert.Equal(2, _rate.PerGrant, 6);
    }

    [Fact]
    public void It_is_forgotten_within_some_hundred_grants()
    {
        _rate.NoteGrant(1_000);
        for (int grant = 0; grant < 700; grant++)
        {
            _rate.NoteGrant(1_000);
        }

        Assert.InRange(_rate.PerGrant, 0, 0.25);
    }

    [Fact]
    public void Once_forgotten_it_begins_anew()
    {
        _rate.NoteGrant(1_000);

        _rate.Forget();

        Assert.Equal(0, _rate.PerGrant);
        _rate.NoteGrant(1_004);
        Assert.Equal(4, _rate.PerGrant);
    }
}
