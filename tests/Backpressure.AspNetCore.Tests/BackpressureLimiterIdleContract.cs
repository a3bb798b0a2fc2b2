using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says when a limiter is idle and since when.</summary>
/// <remarks>The framework's limiter takes no clock, so each duration is held between two readings of the clock around it.</remarks>
public abstract class BackpressureLimiterIdleContract
{
    [Fact]
    public void A_limiter_is_idle_until_a_permit_is_taken_and_again_when_all_are_back()
    {
        using RateLimiter limiter = Create(permitLimit: 3, Clock);
        Assert.NotNull(limiter.IdleDuration);

        RateLimitLease first = limiter.AttemptAcquire();
        RateLimitLease second = limiter.AttemptAcquire(2);
        Assert.Null(limiter.IdleDuration);
        first.Dispose();
        Assert.Null(limiter.IdleDuration);

        second.Dispose();
        Assert.NotNull(limiter.IdleDuration);
    }

    [Fact]
    public void Idle_time_grows_while_nothing_is_taken()
    {
        using RateLimiter limiter = Create(permitLimit: 1, Clock);
        long made = Clock.GetTimestamp();
        TimeSpan first = limiter.IdleDuration!.Value;

        Pass();

        TimeSpan passed = Clock.GetElapsedTime(made);
        Assert.True(passed > TimeSpan.Zero);
        Assert.True(limiter.IdleDuration >= passed);
        Assert.True(limiter.IdleDuration > first);
    }

    [Fact]
    public void Idle_time_begins_anew_when_the_last_permit_comes_back()
    {
        using RateLimiter limiter = Create(permitLimit: 1, Clock);
        RateLimitLease lease = limiter.AttemptAcquire();
        Pass();
        long returning = Clock.GetTimestamp();

        lease.Dispose();

        TimeSpan idle = limiter.IdleDuration!.Value;
        Assert.True(idle <= Clock.GetElapsedTime(returning));
    }

    [Fact]
    public async Task Zero_permits_neither_end_the_idle_time_nor_begin_it_anew()
    {
        using RateLimiter limiter = Create(permitLimit: 1, Clock);
        long made = Clock.GetTimestamp();
        Pass();

        using RateLimitLease attempted = limiter.AttemptAcquire(0);
        using RateLimitLease acquired = await limiter.AcquireAsync(0);
        attempted.Dispose();

        TimeSpan passed = Clock.GetElapsedTime(made);
        Assert.True(limiter.IdleDuration >= passed);
    }

    [Fact]
    public void A_limiter_is_idle_although_a_lease_of_it_was_refused()
    {
        using RateLimiter limiter = Create(permitLimit: 2, Clock);
        RateLimitLease lease = limiter.AttemptAcquire(2);
        using RateLimitLease refused = limiter.AttemptAcquire();

        lease.Dispose();

        Assert.NotNull(limiter.IdleDuration);
    }

    protected abstract TimeProvider Clock { get; }

    protected abstract RateLimiter Create(int permitLimit, TimeProvider time);

    /// <summary>Lets some time pass on the clock.</summary>
    protected abstract void Pass();
}
