using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>How the dispatch delay of the thread pool is measured, with a clock and a pool that wait for the test.</summary>
public sealed class PoolProbeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<IThreadPoolWorkItem> _pool = new();
    private readonly PoolProbe _probe;

    public PoolProbeTests() =>
        _probe = new PoolProbe(_time, callback => _time.CreateTimer(callback, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), _pool.Enqueue);

    [Fact]
    public void A_work_item_that_waits_counts_while_it_does_and_what_it_waited_until_the_next_has_begun()
    {
        _probe.Touch(_time.GetTimestamp());
        _time.Advance(PoolProbe.Interval);
        Assert.Equal(TimeSpan.Zero, _probe.Delay);

        _time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Equal(TimeSpan.FromMilliseconds(700), _probe.Delay);
        _pool.Dequeue().Execute();
        Assert.Equal(TimeSpan.FromMilliseconds(700), _probe.Delay);

        _time.Advance(PoolProbe.Interval);
        _pool.Dequeue().Execute();
        Assert.Equal(TimeSpan.Zero, _probe.Delay);
    }

    [Fact]
    public void No_second_work_item_is_queued_while_one_waits()
    {
        _probe.Touch(_time.GetTimestamp());

        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Single(_pool);
    }

    [Fact]
    public void When_no_request_has_come_for_a_second_it_looks_once_a_second_until_the_next_comes()
    {
        Idle();

        int probes = 0;
        for (int i = 0; i < 1000; i++)
        {
            _time.Advance(PoolProbe.Interval);
            probes += _pool.Count;
            Run();
        }

        Assert.Equal(10, probes);
        _probe.Touch(_time.GetTimestamp());
        _time.Advance(PoolProbe.Interval);
        Assert.Single(_pool);
    }

    [Fact]
    public void A_pool_that_is_starved_while_nobody_comes_is_noticed()
    {
        Idle();

        _time.Advance(PoolProbe.IdleInterval);
        _time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.True(_probe.Delay >= TimeSpan.FromMilliseconds(700));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_probe.Delay >= TimeSpan.FromSeconds(10));

        Run();
        _time.Advance(PoolProbe.IdleInterval);
        Run();
        Assert.Equal(TimeSpan.Zero, _probe.Delay);
    }

    [Fact]
    public void Requests_that_keep_coming_keep_it_awake()
    {
        for (int i = 0; i < 500; i++)
        {
            _probe.Touch(_time.GetTimestamp());
            _time.Advance(PoolProbe.Interval);
            Assert.Single(_pool);
            Run();
        }
    }

    private void Idle()
    {
        _probe.Touch(_time.GetTimestamp());
        for (int i = 0; i < 200; i++)
        {
            _time.Advance(PoolProbe.Interval);
            Run();
        }
    }

    private void Run()
    {
        while (_pool.TryDequeue(out IThreadPoolWorkItem? item))
        {
            item.Execute();
        }
    }
}
