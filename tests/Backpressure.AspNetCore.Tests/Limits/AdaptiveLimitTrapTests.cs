using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

/// <summary>Where the limit could stay for ever, or look for ever.</summary>
public sealed class AdaptiveLimitTrapTests
{
    [Theory]
    [InlineData(30, PoolPressure.NoCeiling)]
    [InlineData(1000, 30)] // a handler that blocks its thread
    public void Room_above_a_bound_is_not_looked_for_again_and_again(int maximum, int ceiling)
    {
        FloodedServer server = new(new AdaptiveLimit(30, minimum: 1, maximum), FloodedServer.Workers(1000, 0.01));
        server.Limit.NotePool(TimeSpan.Zero, ceiling);

        server.Run(60);

        Assert.Contains(server.Moves, move => move.Reason == LimitReason.ProbeDown);
        Assert.InRange(server.Ended / (60 * 30 / 0.01), 0.97, 1); // a look may cost a fiftieth
    }

    [Fact]
    public void A_limit_just_above_the_least_looks_upwards_as_downwards_there_is_nothing_to_see()
    {
        FloodedServer server = new(new AdaptiveLimit(9, minimum: 8, maximum: 1000), FloodedServer.Workers(100, 0.01));

        server.Run(10);

        Assert.Equal(LimitReason.ProbeUp, server.Moves[0].Reason);
        Assert.InRange(server.Limit.Current, 100, 200);
    }

    [Fact] // at the least there is no other look than upwards
    public void Where_requests_fail_above_the_least_that_is_tried_ever_more_seldom()
    {
        FloodedServer server = new(new AdaptiveLimit(8, minimum: 8, maximum: 1000), FloodedServer.Workers(1000, 0.01)) { Failures = running => running > 9 ? 1 : 0 };

        server.Run(300);

        Assert.InRange(server.Moves.Count(move => move.Limit > 9), 1, 20);
    }

    [Fact] // what fails ends no window, and what ended before would be taken for the rate of all the time
    public void An_outage_in_which_all_fail_teaches_nothing()
    {
        FloodedServer server = new(new AdaptiveLimit(20, 1, 1000), FloodedServer.Workers(8, 0.01));
        server.Run(60);
        int before = server.Limit.Current;
        int moves = server.Moves.Count;

        server.Failures = _ => 1;
        server.Run(60);
        Assert.InRange(server.Moves.Count - moves, 0, 1); // the end of a look, if there was one
        server.Failures = _ => 0;
        server.Run(1);

        Assert.DoesNotContain(server.Moves, move => move.At > 60 && move.Reason == LimitReason.ProbeUp);
        Assert.InRange(server.Limit.Current, before - 2, before + 2);
    }

    [Theory] // the first flood of a service whose dependency lets everybody down who comes as one of too many
    [InlineData(1000, 256)]
    [InlineData(100, 100)] // others find it full meanwhile
    public void A_cold_server_whose_requests_fail_since_it_grew_is_as_at_first(int maximum, int grown)
    {
        AdaptiveLimit limit = new(8, 1, maximum);
        TimeSpan now = TimeSpan.Zero;
        for (int reading = 0; reading < 6; reading++)
        {
            now += TimeSpan.FromMilliseconds(10);
            limit.NoteProcessors(0);
            limit.Hold(isShed: false);
            limit.Press(now, limit.Current, mayWait: false);
        }

        Assert.Equal((grown, LimitReason.ColdStart), (limit.Current, limit.Reason));

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(grown, limit.Current);
            now += TimeSpan.FromMilliseconds(10);
            limit.NoteProcessors(0);
            limit.Press(now, grown, mayWait: false);
            limit.Complete(now, now, grown - 1, Ending.Failed);
        }

        Assert.Equal(8, limit.Current);
    }

    [Theory] // 999 of 1,000 take 20 ms, one a minute: size-biased 45 s
    [InlineData(false)]
    [InlineData(true)]
    public void A_look_down_keeps_nobody_out_for_long_where_a_few_requests_take_minutes(bool isTold)
    {
        AdaptiveLimit limit = new(20, 1, 1000);
        TimeSpan now = TimeSpan.Zero;
        int ended = 0;
        for (; ended < 10_000_000 && limit.Reason != LimitReason.ProbeDown; ended++)
        {
            now += TimeSpan.FromMilliseconds(1);
            limit.Hold(isShed: true);
            limit.Complete(now, TimeSpan.FromMilliseconds(ended % 1000 == 999 ? 60_000 : 20), inFlight: 19, Ending.Served);
        }

        Assert.Equal((10, LimitReason.ProbeDown), (limit.Current, limit.Reason));
        now += TimeSpan.FromSeconds(2.5);
        if (isTold)
        {
            limit.Beat(now, inFlight: 15);
        }
        else
        {
            limit.Complete(now, TimeSpan.FromSeconds(60), inFlight: 15, Ending.Served);
        }

        Assert.Equal((20, LimitReason.Return), (limit.Current, limit.Reason));
    }

    [Fact]
    public void A_step_upwards_that_a_pause_cuts_short_is_taken_back()
    {
        FloodedServer server = new(new AdaptiveLimit(20, 1, 1000), FloodedServer.Workers(1000, 0.05));
        while (server.Limit.Current <= 20)
        {
            server.Run(0.001);
        }

        server.Run(0.06); // a turnover, so that its window has begun
        server.Limit.Complete(TimeSpan.FromSeconds(server.Now), TimeSpan.FromSeconds(0.05), inFlight: 0, Ending.Served);

        Assert.Equal((20, LimitReason.Return), (server.Limit.Current, server.Limit.Reason));
    }

    [Fact] // what the pool cut short has shown nothing
    public void A_look_upwards_that_the_pool_ends_is_taken_back()
    {
        FloodedServer server = new(new AdaptiveLimit(8, minimum: 8, maximum: 1000), FloodedServer.Workers(1000, 0.05));
        while (server.Limit.Reason != LimitReason.ProbeUp)
        {
            server.Run(0.001);
        }

        Assert.Equal(16, server.Limit.Current);
        server.Limit.NotePool(TimeSpan.FromSeconds(server.Now), 12);

        Assert.Equal(8, server.Limit.Current);
    }

    [Fact] // to begin the measurement anew with each request that finds it full would be to measure nothing
    public void A_cold_limit_at_its_maximum_does_not_grow_and_is_measured()
    {
        FloodedServer server = new(new AdaptiveLimit(20, 1, maximum: 20), FloodedServer.Workers(8, 0.01)) { Sheds = false };
        for (int reading = 0; reading < 50; reading++)
        {
            server.Limit.NoteProcessors(0);
            server.Run(0.01); // each that finds it full presses
        }

        Assert.Equal((20, LimitReason.Initial), (server.Limit.Current, server.Limit.Reason));
        server.Sheds = true;
        server.Run(0.2);
        Assert.Equal(LimitReason.ProbeDown, server.Moves[0].Reason);
    }

    [Fact] // 23 to 20 is less of a step than tells anything
    public void A_limit_too_near_to_the_least_does_not_look_down_again_and_again()
    {
        FloodedServer server = new(new AdaptiveLimit(23, minimum: 20, maximum: 23), FloodedServer.Workers(1000, 0.01));

        server.Run(20);

        Assert.Empty(server.Moves);
    }

    [Fact] // a bound just above leaves only the look downwards
    public void A_server_that_loses_half_of_its_workers_is_found_out_at_its_maximum_too()
    {
        FloodedServer server = new(new AdaptiveLimit(30, minimum: 1, maximum: 30), FloodedServer.Workers(30, 0.01));
        server.Run(20);

        server.Throughput = FloodedServer.Workers(10, 0.01);
        server.Run(20);

        Assert.InRange(server.Limit.Current, 5, 18);
    }

    [Fact]
    public void Leases_that_say_nothing_say_nothing_of_a_step_either()
    {
        FloodedServer server = new(new AdaptiveLimit(20, 1, 1000), FloodedServer.Workers(1000, 0.05));
        while (server.Limit.Current <= 20)
        {
            server.Run(0.001);
        }

        (int climbed, TimeSpan now) = (server.Limit.Current, TimeSpan.FromSeconds(server.Now + 0.06));
        for (int i = 0; i < 100; i++)
        {
            server.Limit.Complete(now, TimeSpan.FromMilliseconds(50), climbed - 1, Ending.Ignored);
        }

        Assert.Equal(climbed, server.Limit.Current);
    }
}
