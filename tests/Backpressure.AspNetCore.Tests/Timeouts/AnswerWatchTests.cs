using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class AnswerWatchTests
{
    private const long Due = 3 * TimeSpan.TicksPerSecond;

    private static readonly long Patience = Overrun.PoolPatience.Ticks;

    private readonly HandTime _time = new();
    private readonly Queue<IThreadPoolWorkItem> _pool = new();

    [Fact]
    public void Alone_on_its_connection_an_answer_that_nobody_writes_costs_the_connection()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: false);

        RingAt(Due);
        Assert.Equal(["connection cut"], stages.Notes);

        watch.Complete();
        Assert.Equal(["connection cut", "at rest"], stages.Notes);
    }

    [Fact]
    public void Before_it_is_due_nothing_happens()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: false);

        RingAt(Due - 1); // as a timer does that was left set for an earlier answer
        Assert.Empty(stages.Notes);

        watch.End();
        Assert.Equal(["at rest"], stages.Notes);
    }

    [Fact]
    public void On_a_shared_connection_the_pool_resets_its_stream()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: true);

        RingAt(Due);
        RunPool();
        RingAt(Due + Patience);
        watch.Complete();

        Assert.Equal(["stream reset", "at rest"], stages.Notes);
    }

    [Fact]
    public void A_pool_that_resets_no_stream_in_time_costs_the_connection_and_its_item_does_nothing_afterwards()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: true);

        RingAt(Due);
        RingAt(Due + Patience);
        watch.Complete();
        Assert.Equal(["connection cut for a starved pool"], stages.Notes);
        RunPool();

        Assert.Equal(["connection cut for a starved pool", "at rest"], stages.Notes);
    }

    [Fact]
    public void A_whole_answer_that_the_pool_gets_to_is_left_alone()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: false);

        watch.Complete();
        RunPool();
        RingAt(Due + Patience);

        Assert.Equal(["request left", "at rest"], stages.Notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_whole_answer_that_a_starved_pool_does_not_send_costs_the_connection(bool sharesConnection)
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection);

        watch.Complete();
        RingAt(Due - 1);
        Assert.Equal(["request left"], stages.Notes);
        RingAt(Due);
        Assert.Equal(["request left", "connection cut for a starved pool"], stages.Notes);
        RunPool();

        Assert.Equal(["request left", "connection cut for a starved pool", "at rest"], stages.Notes);
    }

    [Fact]
    public void The_pool_has_a_moment_for_an_answer_that_is_whole_at_the_last_instant()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: false);
        _time.Now = Due - 1;

        watch.Complete();
        RingAt(Due);
        RingAt(Due - 2 + Patience);
        Assert.Equal(["request left"], stages.Notes);
        RingAt(Due - 1 + Patience);

        Assert.Equal(["request left", "connection cut for a starved pool"], stages.Notes);
    }

    [Fact]
    public void An_item_that_the_pool_was_given_before_the_answer_was_whole_does_not_prove_that_it_is_sent()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: true);
        RingAt(Due); // to reset the stream

        watch.Complete();
        Run(_pool.Dequeue());
        Assert.Equal(["request left"], stages.Notes);
        RunPool();

        Assert.Equal(["request left", "at rest"], stages.Notes);
    }

    [Fact]
    public void An_answer_that_has_more_time_than_it_seemed_is_cut_when_that_is_over()
    {
        (_, NotedAnswerStages stages) = Begun(sharesConnection: false);
        stages.Due = 2 * Due;

        RingAt(Due);
        Assert.Empty(stages.Notes);

        RingAt(2 * Due);
        Assert.Equal(["connection cut"], stages.Notes);
    }

    [Fact]
    public void One_answer_after_the_other_touches_the_timer_once()
    {
        (AnswerWatch watch, NotedAnswerStages stages) = Begun(sharesConnection: false);
        for (int i = 1; i <= 100; i++)
        {
            watch.End();
            stages.Due = Due + i;
            watch.Begin();
        }

        Assert.Single(_time.Settings);
    }

    private (AnswerWatch Watch, NotedAnswerStages Stages) Begun(bool sharesConnection)
    {
        NotedAnswerStages stages = new(sharesConnection, Due);
        AnswerWatch watch = new(_time, stages, _pool.Enqueue);
        watch.Begin();
        return (watch, stages);
    }

    private void RunPool()
    {
        while (_pool.TryDequeue(out IThreadPoolWorkItem? item))
        {
            Run(item);
        }
    }

    private static void Run(IThreadPoolWorkItem item) => item.Execute();

    private void RingAt(long now)
    {
        _time.Now = now;
        _time.Ring();
    }
}
