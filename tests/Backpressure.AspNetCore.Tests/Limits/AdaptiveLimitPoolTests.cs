using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

/// <summary>What the thread pool can run bounds the limit, and lifts it again (rule 4.11).</summary>
public sealed class AdaptiveLimitPoolTests
{
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(12, 12, true)]
    [InlineData(5, 8, true)] // the lowest that the options allow
    [InlineData(20, 20, false)]
    [InlineData(60, 20, false)]
    public void It_is_never_above_what_the_pool_runs(int capacity, int expected, bool moves)
    {
        AdaptiveLimit limit = new(20, minimum: 8, maximum: 1000);

        limit.NotePool(Start, capacity);

        Assert.Equal((expected, moves ? LimitReason.ThreadPool : LimitReason.Initial), (limit.Current, limit.Reason));
    }

    [Fact]
    public void It_follows_what_the_pool_runs_up_as_long_as_that_is_what_binds()
    {
        AdaptiveLimit limit = New();
        limit.NotePool(Start, 12);

        limit.NotePool(Start, 13);
        limit.NotePool(Start, 15);
        Assert.Equal((15, LimitReason.ThreadPool), (limit.Current, limit.Reason));

        limit.NotePool(Start, PoolPressure.NoCeiling);
        Assert.Equal(15, limit.Current); // from here on the throughput tells
    }

    [Fact] // a pool that recovers once let the limit up to all that it could run, a thousand, although eight had been enough
    public void It_follows_no_farther_than_the_throughput_wanted_it()
    {
        AdaptiveLimit limit = New();
        limit.NotePool(Start, 12);

        foreach (int capacity in new[] { 15, 19, 30, 60, 500 })
        {
            limit.NotePool(Start, capacity);
        }

        Assert.Equal(20, limit.Current);
    }

    [Fact] // room that is seen while the pool holds it down is no reason to want less than before
    public void It_follows_as_far_as_before_where_more_would_have_done_more_meanwhile()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(1_000_000, 0.05));
        server.Limit.NotePool(TimeSpan.Zero, 10);
        server.Run(20);
        Assert.Contains(server.Moves, move => move.Reason == LimitReason.ProbeDown);

        for (int trial = 0; trial < 100 && server.Limit.Current < 20; trial++) // as the pool does, which takes a trial back that nobody followed, as during a look
        {
            int reached = server.Limit.Current;
            server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), reached + 1);
            server.Run(0.05);
            if (server.Limit.Current <= reached)
            {
                server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), reached);
            }
        }

        Assert.InRange(server.Limit.Current, 20, 21);
    }

    [Fact]
    public void It_is_never_above_its_maximum_whatever_the_pool_runs()
    {
        FloodedServer server = new(new AdaptiveLimit(20, 1, 22), FloodedServer.Workers(1_000_000, 0.05));
        server.Limit.NotePool(TimeSpan.Zero, 20);
        server.Run(20); // looks down find room, so that more is wanted than may be
        Assert.Contains(server.Moves, move => move.Reason == LimitReason.ProbeDown);

        foreach (int capacity in new[] { 21, 22, 23, 24 })
        {
            server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), capacity);
            Assert.InRange(server.Limit.Current, 1, 22);
        }
    }

    [Fact] // a pool that sought its ceiling, one up and one down every fifth of a second, kept the limit at six times the knee for as long
    public void A_pool_that_seeks_its_ceiling_does_not_keep_it_from_measuring()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(2, 0.02));
        for (int step = 0; step < 40; step++)
        {
            server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), 12 + (step % 2));
            server.Run(0.2);
        }

        Assert.InRange(server.Limit.Current, 2, 5);
    }

    [Fact]
    public void Where_the_knee_is_below_it_does_not_follow()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(4, 0.01));
        server.Limit.NotePool(TimeSpan.Zero, 12);
        server.Run(20);
        int found = server.Limit.Current;
        Assert.InRange(found, 2, 6);

        server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), 13);

        Assert.Equal(found, server.Limit.Current);
    }

    [Fact]
    public void Where_more_would_do_more_it_stays_at_what_the_pool_runs_and_climbs_when_that_bound_is_gone()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(1_000_000, 0.05));
        server.Limit.NotePool(TimeSpan.Zero, 12);

        server.Run(20);
        Assert.All(server.Moves, move => Assert.InRange(move.Limit, 6, 12));

        server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), PoolPressure.NoCeiling);
        server.Run(20);
        Assert.Equal(1000, server.Moves.Max(move => move.Limit));
    }

    [Fact]
    public void A_cold_server_does_not_grow_beyond_what_the_pool_runs()
    {
        AdaptiveLimit limit = New();
        limit.NotePool(TimeSpan.Zero, 30);
        for (int millisecond = 0; millisecond < 200; millisecond++)
        {
            limit.NoteProcessors(0.2);
            limit.Press(TimeSpan.FromMilliseconds(millisecond), limit.Current, mayWait: true);
        }

        Assert.Equal(30, limit.Current);
    }

    private static AdaptiveLimit New() => new(20, minimum: 1, maximum: 1000);
}
