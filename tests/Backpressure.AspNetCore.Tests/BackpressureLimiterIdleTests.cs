using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests;

public class BackpressureLimiterIdleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Idle_time_runs_from_the_beginning()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, time: _time);

        _time.Advance(3 * Second);

        Assert.Equal(3 * Second, limiter.IdleDuration);
    }

    [Fact] // B28
    public void Idle_time_runs_from_the_moment_when_the_last_permit_came_back()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(2, time: _time);
        RateLimitLease first = limiter.AttemptAcquire();
        RateLimitLease second = limiter.AttemptAcquire();
        _time.Advance(Second);
        first.Dispose();
        _time.Advance(Second);
        Assert.Null(limiter.IdleDuration);

        second.Dispose();
        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);

        _time.Advance(Second);
        Assert.Equal(Second, limiter.IdleDuration);
    }

    [Fact]
    public void Disposing_a_lease_again_does_not_begin_the_idle_time_anew()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, time: _time);
        RateLimitLease lease = limiter.AttemptAcquire();
        lease.Dispose();
        _time.Advance(Second);

        lease.Dispose();

        Assert.Equal(Second, limiter.IdleDuration);
    }

    [Fact]
    public async Task Asking_for_zero_permits_does_not_begin_the_idle_time_anew()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, time: _time);
        _time.Advance(Second);

        limiter.AttemptAcquire(0).Dispose();
        (await limiter.AcquireAsync(0)).Dispose();

        Assert.Equal(Second, limiter.IdleDuration);
    }

    [Fact]
    public void Idle_time_is_never_negative_although_a_permit_may_come_back_while_it_is_measured()
    {
        InterruptedTime time = new();
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, time: time);
        time.Interruption = () => limiter.AttemptAcquire().Dispose();

        Assert.True(limiter.IdleDuration >= TimeSpan.Zero);
        Assert.Null(time.Interruption);
    }

    [Fact]
    public void A_refused_attempt_leaves_the_idle_time_alone()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, time: _time);
        RateLimitLease lease = limiter.AttemptAcquire();
        limiter.AttemptAcquire().Dispose();
        Assert.Null(limiter.IdleDuration);

        lease.Dispose();
        _time.Advance(Second);

        Assert.Equal(Second, limiter.IdleDuration);
    }

    [Fact]
    public void A_limiter_whose_permit_went_on_to_a_waiter_is_not_idle()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, queueLimit: 1, time: _time);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease> waiting = limiter.AcquireAsync().AsTask();

        lease.Dispose();
        Assert.Null(limiter.IdleDuration);

        BackpressureLimiterContract.Completed(waiting).Dispose();
        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);
    }

    /// <summary>A clock that moves on with each reading, before which something else may happen once.</summary>
    private sealed class InterruptedTime : TimeProvider
    {
        private long _now;

        public Action? Interruption { get; set; }

        public override long GetTimestamp()
        {
            long read = ++_now;
            Action? interruption = Interruption;
            Interruption = null;
            interruption?.Invoke();
            return read;
        }
    }
}
