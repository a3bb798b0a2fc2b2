using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class OverrunTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly HandTime _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Until_the_grace_is_over_nothing_happens(bool sharesConnection)
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection, Grace);
        overrun.End();

        Assert.Equal([Grace], _time.Settings);
        Assert.Empty(stages.Notes);
        Assert.True(_time.IsDisposed);
    }

    [Fact]
    public void Alone_on_its_connection_it_is_abandoned_and_the_connection_cut()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: false, Grace);

        _time.Ring();
        Assert.Equal(["abandoned", "connection cut"], stages.Notes);

        overrun.End();
        Assert.Equal(["abandoned", "connection cut", "returned"], stages.Notes);
        Assert.Equal([Grace], _time.Settings);
    }

    [Fact]
    public void On_a_shared_connection_its_stream_is_reset_once()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: true, Grace);

        _time.Ring();
        Run(overrun); // as the pool does
        Run(overrun);
        _time.Ring(); // the pool's patience is over, and it has done its work
        overrun.End();

        Assert.Equal(["abandoned", "stream reset", "returned"], stages.Notes);
        Assert.Equal([Grace, Overrun.PoolPatience], _time.Settings);
    }

    [Fact]
    public void On_a_shared_connection_the_pool_resets_the_stream_by_itself()
    {
        (_, NotedStages stages) = Started(sharesConnection: true, Grace);

        _time.Ring();

        Assert.True(SpinWait.SpinUntil(() => stages.Notes.Contains("stream reset"), RealTime.Patience));
    }

    [Fact]
    public void A_pool_that_takes_too_long_costs_the_connection_and_its_item_does_nothing_afterwards()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: true, Grace);
        _time.AfterNextSetting = _time.Ring; // still within the stage that gave the item to the pool, so the pool cannot have been faster

        _time.Ring();
        Run(overrun);
        overrun.End();
        Run(overrun);

        Assert.Equal(["abandoned", "connection cut for a starved pool", "returned"], stages.Notes);
    }

    [Fact]
    public void For_whom_perhaps_nobody_waits_the_others_do_not_lose_the_connection_however_long_the_pool_takes()
    {
        NotedStages stages = new(sharesConnection: true);
        Overrun overrun = new(_time, Grace, stages, sparesConnection: true);
        overrun.Start();

        _time.Ring();

        Assert.True(SpinWait.SpinUntil(() => stages.Notes.Contains("stream reset"), RealTime.Patience));
        overrun.End();
        Assert.Equal(["abandoned", "stream reset", "returned"], stages.Notes);
        Assert.Equal([Grace], _time.Settings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_an_endless_grace_it_is_abandoned_after_a_while_and_never_cut(bool sharesConnection)
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection, Timeout.InfiniteTimeSpan);

        _time.Ring();
        overrun.End();

        Assert.Equal([Overrun.EndlessGrace], _time.Settings);
        Assert.Equal(["abandoned", "returned"], stages.Notes);
    }

    [Theory] // it is started before the token is cancelled
    [InlineData(0)]
    [InlineData(99)]
    public void Without_a_grace_a_handler_that_honours_its_token_has_the_time_to_end(int graceMs)
    {
        (_, NotedStages stages) = Started(sharesConnection: false, TimeSpan.FromMilliseconds(graceMs));

        Assert.Equal([Overrun.PoolPatience], _time.Settings);
        Assert.Empty(stages.Notes);
    }

    [Fact] // T7
    public void A_grace_that_is_longer_than_a_timer_can_be_is_shortened()
    {
        Started(sharesConnection: false, TimeSpan.FromDays(365));

        Assert.Equal([TimerSpans.Longest], _time.Settings);
    }

    [Theory] // T2
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_blocks_keeps_neither_the_client_nor_the_end_of_the_request_waiting(bool sharesConnection)
    {
        bool wasTold = false;
        bool hasEnded = false;
        Overrun overrun = null!;
        NotedStages stages = null!;
        stages = new NotedStages(sharesConnection)
        {
            OnReport = () =>
            {
                wasTold = sharesConnection ? _time.Settings.Contains(Overrun.PoolPatience) : stages.Notes.Contains("connection cut");
                hasEnded = Task.Run(overrun.End).Wait(RealTime.Patience);
            },
        };
        overrun = new Overrun(_time, Grace, stages);
        overrun.Start();

        _time.Ring();

        Assert.Equal((true, true), (wasTold, hasEnded));
    }

    [Fact]
    public void A_request_that_ends_before_it_could_start_is_not_watched()
    {
        NotedStages stages = new(sharesConnection: false);
        Overrun overrun = new(_time, Grace, stages);
        overrun.End();

        overrun.Start();

        Assert.Empty(_time.Settings);
        Assert.Empty(stages.Notes);
    }

    [Fact]
    public void A_ring_after_the_end_does_nothing()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: false, Grace);
        overrun.End();

        _time.Ring();
        overrun.End();

        Assert.Empty(stages.Notes);
    }

    [Fact]
    public void A_request_that_ends_between_two_stages_is_not_touched_by_the_second()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: true, Grace);
        _time.AfterNextSetting = overrun.End; // the pool has the item, and cannot have begun it

        _time.Ring();
        Run(overrun);
        _time.Ring();

        Assert.Equal(["abandoned", "returned"], stages.Notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whose_response_is_complete_is_abandoned_and_not_cut(bool sharesConnection)
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection, Grace);
        overrun.LeaveRequest();

        _time.Ring();
        Run(overrun);
        _time.Ring();
        overrun.End();

        Assert.Equal(["abandoned", "returned"], stages.Notes);
        Assert.Equal([Grace], _time.Settings);
    }

    [Fact]
    public void A_response_that_is_complete_between_two_stages_is_not_touched_by_the_second()
    {
        (Overrun overrun, NotedStages stages) = Started(sharesConnection: true, Grace);
        _time.AfterNextSetting = overrun.LeaveRequest; // the pool has the item, and cannot have begun it

        _time.Ring();
        Run(overrun);
        _time.Ring();
        overrun.End();

        Assert.Equal(["abandoned", "returned"], stages.Notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whose_response_was_complete_before_it_could_start_is_not_cut_either(bool sharesConnection)
    {
        NotedStages stages = new(sharesConnection);
        Overrun overrun = new(_time, Grace, stages);
        stages.IsComplete = true; // by somebody who did not find it
        overrun.Start();

        _time.Ring();
        Run(overrun);
        overrun.End();

        Assert.Equal(["abandoned", "returned"], stages.Notes);
        Assert.Equal([Grace], _time.Settings);
    }

    [Fact]
    public void The_overrun_of_a_request_that_has_ended_stays_so()
    {
        Overrun.Ended.LeaveRequest();
        Overrun.Ended.Start();
        Run(Overrun.Ended);
        Overrun.Ended.End();
    }

    private static void Run(IThreadPoolWorkItem overrun) => overrun.Execute();

    private (Overrun Overrun, NotedStages Stages) Started(bool sharesConnection, TimeSpan grace)
    {
        NotedStages stages = new(sharesConnection);
        Overrun overrun = new(_time, grace, stages);
        overrun.Start();
        return (overrun, stages);
    }
}
