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
    [InlineData(2, 0.5, 2, 4)]
    [InlineData(400, 0.2, 400, 620)]
    public void From_20_it_comes_to_the_knee_and_the_room_above_it(int workers, double seconds, int least, int most)
    {
        FloodedServer server = new(New(), FloodedServer.Workers(workers, seconds));

        server.Run((800 * seconds) + 20);

        Assert.All(server.Moves.Where(move => move.At > (400 * seconds) + 10 && move.Reason != LimitReason.ProbeDown), move => Assert.InRange(move.Limit, least, most));
        Assert.InRange(server.Limit.Uncertainty, 0, 0.3);
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

            limit.Hold(TimeSpan.FromMilliseconds(millisecond), limit.Current, isShed: false);
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
            limit.Hold(TimeSpan.FromMilliseconds(millisecond), limit.Current, isShed: false);
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
            limit.Hold(now, limit.Current, isShed: true);
            limit.Complete(now, TimeSpan.FromSeconds(limit.Current / 800.0), limit.Current - 1, succeeded: true);
        }
    }
}
