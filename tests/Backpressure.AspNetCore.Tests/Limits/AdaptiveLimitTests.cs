using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class AdaptiveLimitTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 20)]
    [InlineData(5000, 1000)]
    public void It_begins_at_the_initial_limit_within_the_bounds(int initial, int expected)
    {
        AdaptiveLimit limit = new(initial, minimum: 1, maximum: 1000);

        Assert.Equal((expected, LimitReason.Initial), (limit.Current, limit.Reason));
        Assert.True(double.IsNaN(limit.Elasticity));
        Assert.Equal(1, limit.Uncertainty);
    }

    [Theory]
    [InlineData(8, 0.01, 8, 13)]
    [InlineData(2, 0.5, 2, 5)] // four end in a second: a dip from 3 to 2 may say that the knee is 1, and the next that there is room
    [InlineData(400, 0.2, 400, 620)]
    public void From_20_it_comes_to_the_knee_and_the_room_above_it(int workers, double seconds, int least, int most)
    {
        FloodedServer server = new(New(), FloodedServer.Workers(workers, seconds));

        server.Run((800 * seconds) + 20);

        Assert.All(server.Moves.Where(move => move.At > (400 * seconds) + 10 && move.Reason != LimitReason.ProbeDown), move => Assert.InRange(move.Limit, least, most));
        Assert.InRange(server.Limit.Uncertainty, 0, workers > 2 ? 0.3 : 0.6);
    }

    [Fact]
    public void While_nobody_is_refused_it_does_not_move()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(8, 0.01)) { Sheds = false };

        server.Run(100);

        Assert.Empty(server.Moves);
    }

    [Fact]
    public void While_it_holds_nobody_back_it_does_not_move()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(1000, 0.01)) { Offered = 1500 }; // 15 run

        server.Run(100);

        Assert.Empty(server.Moves);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(2)]
    [InlineData(30)]
    public void A_pause_between_two_floods_does_not_look_like_a_server_that_became_slow(double seconds)
    {
        FloodedServer server = new(New(), FloodedServer.Workers(8, 0.04));
        server.Run(20);
        server.Moves.Clear();

        for (int flood = 0; flood < 40; flood++)
        {
            server.Run(1.013);
            server.Pause(seconds);
        }

        Assert.DoesNotContain(server.Moves, move => move.Reason == LimitReason.ProbeUp);
        Assert.InRange(server.Moves.Max(move => move.Limit), 8, 16);
    }

    [Fact]
    public void A_look_down_is_given_up_when_those_above_the_limit_do_not_leave()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(8, 0.01));
        server.Run(20);
        while (server.Limit.Reason != LimitReason.ProbeDown)
        {
            server.Run(0.01);
        }

        int dip = server.Limit.Current;
        server.Limit.Beat(TimeSpan.FromSeconds(server.Now + 1), inFlight: 8); // the others download something, and none of them ends
        Assert.Equal(dip, server.Limit.Current);
        server.Limit.Beat(TimeSpan.FromSeconds(server.Now + 3), inFlight: 8);

        Assert.InRange(server.Limit.Current, 8, 16);
        Assert.Equal(LimitReason.Return, server.Limit.Reason);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_flood_that_ends_in_a_look_down_leaves_the_limit_where_it_was(int workers)
    {
        FloodedServer server = new(New(), FloodedServer.Workers(workers, 0.01));
        server.Run(20);
        while (server.Limit.Reason != LimitReason.ProbeDown)
        {
            server.Run(0.001);
        }

        TimeSpan now = TimeSpan.FromSeconds(server.Now);
        for (int inFlight = server.Limit.Current - 1; inFlight >= 0; inFlight--)
        {
            server.Limit.Complete(now, TimeSpan.FromMilliseconds(10), inFlight, Ending.Served);
        }

        Assert.InRange(server.Limit.Current, workers, 2 * workers);
    }

    [Fact] // of two permits none is in use again and again while the limit is one; whoever comes after a silence finds both
    public void A_look_down_to_few_is_given_up_when_nobody_has_come_for_two_turnovers()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(2, 0.01));
        server.Run(20);
        int before = server.RunToDip();
        (int dip, TimeSpan end) = (server.Limit.Current, TimeSpan.FromSeconds(server.Now));
        server.Limit.Complete(end, TimeSpan.FromMilliseconds(10), inFlight: 0, Ending.Served);
        server.Limit.Beat(end + TimeSpan.FromMilliseconds(15), inFlight: 0);
        server.Limit.Beat(end + TimeSpan.FromMilliseconds(50), inFlight: 1);
        Assert.Equal(dip, server.Limit.Current);

        server.Limit.Beat(end + TimeSpan.FromMilliseconds(50), inFlight: 0);
        Assert.Equal((before, LimitReason.Return), (server.Limit.Current, server.Limit.Reason));
    }

    [Theory] // DESIGN 4.6: nothing is shed while there is room
    [InlineData(1.2, 0.3, 1)] // the limit of 2 that it finds refuses a quarter by chance, as there is no queue
    [InlineData(1.2, 0.3, 2)]
    [InlineData(6, 0.3, 1)]
    [InlineData(6, 0.3, 2)]
    public void A_limit_at_the_minimum_finds_the_room_that_there_is(double erlangs, double most, int seed)
    {
        const double Mean = 0.02;
        Random random = new(seed);
        AdaptiveLimit limit = new(1, minimum: 1, maximum: 1000);
        PriorityQueue<double, double> running = new(); // when each began, by when it ends
        int late = 0;
        int lateRefused = 0;
        double Exponential(double mean) => -mean * Math.Log(1 - random.NextDouble());
        for (double now = 0; now < 120; now += Exponential(Mean / erlangs))
        {
            while (running.TryPeek(out double began, out double end) && end <= now)
            {
                running.Dequeue();
                limit.Complete(TimeSpan.FromSeconds(end), TimeSpan.FromSeconds(end - began), running.Count, Ending.Served);
            }

            bool isRefused = running.Count >= limit.Current;
            late += now > 60 ? 1 : 0;
            lateRefused += now > 60 && isRefused ? 1 : 0;
            if (isRefused)
            {
                limit.Hold(isShed: true);
            }
            else
            {
                running.Enqueue(now, now + Exponential(Mean));
            }
        }

        Assert.InRange((double)lateRefused / late, 0, most); // 55% and 86% where it stays
    }

    [Fact]
    public void Looking_down_takes_a_fiftieth_of_the_goodput_at_most()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(8, 0.01));
        server.Run(20);
        server.Moves.Clear();

        server.Run(200);

        double lost = 0;
        for (int i = 0; i + 1 < server.Moves.Count; i++)
        {
            lost += server.Moves[i].Limit < 8 ? (server.Moves[i + 1].At - server.Moves[i].At) * (8 - server.Moves[i].Limit) / 8 : 0;
        }

        Assert.InRange(lost / 200, 0.001, 0.022);
    }

    [Fact]
    public void Where_the_throughput_follows_the_limit_it_climbs_by_steps_of_two_and_then_of_four()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(1_000_000, 0.05));

        server.Run(10);

        Assert.Equal([10, 40, 160, 640, 1000], server.Moves.Take(5).Select(move => move.Limit));
        Assert.Equal([LimitReason.ProbeDown, LimitReason.Room, LimitReason.Room, LimitReason.Room, LimitReason.Room], server.Moves.Take(5).Select(move => move.Reason));
    }

    [Theory] // what fails is no sample, so that a window in which all fail would never end
    [InlineData(1)]
    [InlineData(0.7)]
    public void A_step_upwards_after_which_requests_fail_is_taken_back_and_not_tried_again_soon(double share)
    {
        FloodedServer server = new(New(), FloodedServer.Workers(1000, 0.01)) { Failures = running => running > 30 ? share : 0 };

        server.Run(60);

        (double At, int Limit, LimitReason Reason)[] up = [.. server.Moves.Where(move => move.Limit > 30)];
        Assert.NotEmpty(up);
        Assert.All(up, move => Assert.InRange(server.Moves.First(next => next.At > move.At).At - move.At, 0, 0.2));
        Assert.InRange(up.Length, 1, 10); // a cliff is tried again after ten seconds and then ever more seldom
        Assert.InRange(server.Moves.Last(move => move.Reason != LimitReason.ProbeDown).Limit, 20, 30);
    }

    [Fact]
    public void Where_as_many_fail_as_always_the_limit_finds_the_room_that_there_is()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(200, 0.01)) { Failures = _ => 0.8 };

        server.Run(30);

        Assert.InRange(server.Limit.Current, 200, 400);
    }

    [Fact]
    public void It_never_leaves_its_bounds()
    {
        FloodedServer up = new(new AdaptiveLimit(20, minimum: 15, maximum: 30), FloodedServer.Workers(1_000_000, 0.05));
        FloodedServer down = new(new AdaptiveLimit(20, minimum: 15, maximum: 30), FloodedServer.Workers(1, 0.01));

        up.Run(20);
        down.Run(20);

        Assert.Equal(30, up.Moves.Max(move => move.Limit));
        Assert.Equal(15, down.Moves.Min(move => move.Limit));
        Assert.All(up.Moves.Concat(down.Moves), move => Assert.InRange(move.Limit, 15, 30));
    }

    [Fact]
    public void A_server_that_becomes_ten_times_slower_for_another_reason_gets_ten_times_as_many()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(40, 0.02));
        server.Run(20);
        server.Throughput = FloodedServer.Workers(400, 0.2); // as much as before, if only enough of them run

        double changed = server.Now;
        server.Run(60);

        Assert.InRange(server.Limit.Current, 190, 620); // the lower one in a probe
        Assert.Contains(server.Moves, move => move.At < changed + 5 && move.Limit >= 400);
    }

    [Fact]
    public void A_server_that_loses_half_of_its_workers_gets_half_as_many()
    {
        FloodedServer server = new(New(), FloodedServer.Workers(40, 0.02));
        server.Run(20);
        server.Throughput = FloodedServer.Workers(20, 0.02);

        double changed = server.Now;
        server.Run(30);

        Assert.All(server.Moves.Where(move => move.At > changed + 5 && move.Reason != LimitReason.ProbeDown), move => Assert.InRange(move.Limit, 20, 31));
    }

    [Fact]
    public void Beyond_a_cliff_it_goes_back_and_does_not_come_again_soon()
    {
        // ten workers that lose nine tenths of what they can do as soon as more than 12 run
        FloodedServer server = new(New(initial: 6), inFlight => Math.Min(inFlight, 10) * (inFlight > 12 ? 10 : 100));

        server.Run(60);

        (double At, int Limit, LimitReason Reason)[] beyond = [.. server.Moves.Where(move => move.Limit > 12)];
        Assert.True(beyond.Length is >= 1 and <= 8, string.Join("; ", server.Moves)); // of some 250 windows
        Assert.Contains(server.Moves, move => move.Reason == LimitReason.Cliff && move.Limit <= 12);
        Assert.InRange(server.Limit.Current, 4, 12);
    }

    [Fact]
    public void Where_all_answers_come_too_late_it_halves_until_some_do_not()
    {
        FloodedServer server = new(New(initial: 64), FloodedServer.Workers(2, 0.1)) { Patience = 0.5 };

        server.Run(10);

        Assert.Equal([32, 16, 8], server.Moves.Take(3).Select(move => move.Limit)); // with 8 an answer takes 0.4 s
        Assert.All(server.Moves.Take(3), move => Assert.Equal(LimitReason.Futile, move.Reason));
    }

    [Fact]
    public void A_processor_that_idles_lets_a_cold_server_grow_before_its_first_answer()
    {
        AdaptiveLimit limit = New();
        for (int millisecond = 0; millisecond < 200; millisecond++)
        {
            if (millisecond % 10 == 0)
            {
                limit.NoteProcessors(0.2);
            }

            limit.Press(TimeSpan.FromMilliseconds(millisecond), limit.Current, mayWait: true);
        }

        Assert.Equal((640, LimitReason.ColdStart), (limit.Current, limit.Reason));
        Assert.True(limit.WantsProcessors);
    }

    [Fact]
    public void A_processor_that_is_busy_does_not()
    {
        AdaptiveLimit limit = New();
        for (int millisecond = 0; millisecond < 200; millisecond++)
        {
            limit.NoteProcessors(0.95);
            limit.Press(TimeSpan.FromMilliseconds(millisecond), limit.Current, mayWait: true);
        }

        Assert.Equal(20, limit.Current);
    }

    [Fact]
    public void Following_a_flood_allocates_nothing()
    {
        AdaptiveLimit limit = New();
        Flood(limit, from: 0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Flood(limit, from: 100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static AdaptiveLimit New(int initial = 20) => new(initial, minimum: 1, maximum: 1000);

    private static void Flood(AdaptiveLimit limit, int from)
    {
        for (int i = 0; i < 50_000; i++)
        {
            TimeSpan now = TimeSpan.FromSeconds(from + (i / 800.0));
            limit.Hold(isShed: true);
            limit.Complete(now, TimeSpan.FromSeconds(limit.Current / 800.0), limit.Current - 1, Ending.Served);
        }
    }
}
