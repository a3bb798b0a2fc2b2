using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests;

public sealed class BackpressureLimiterAdaptiveTests : IDisposable
{
    private const int Workers = 10;

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly BackpressureLimiter _limiter;
    private readonly Queue<(TimeSpan End, RateLimitLease Lease)> _running = new();
    private readonly TimeSpan[] _freeAt = new TimeSpan[Workers];
    private readonly long _start;

    public BackpressureLimiterAdaptiveTests()
    {
        _limiter = new(new BackpressureLimiterOptions { InitialLimit = 100, PermitLimit = 200 }, _time);
        _start = _time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    [Fact]
    public void Leases_that_are_disposed_and_acquires_that_fail_move_the_limit_to_what_keeps_the_work_busy()
    {
        Flood(TimeSpan.FromSeconds(30), ignore: false);

        Assert.InRange(_running.Count, Workers / 2, 1.7 * Workers);
    }

    [Fact]
    public void Ignored_leases_move_nothing()
    {
        Flood(TimeSpan.FromSeconds(30), ignore: true);

        Assert.InRange(_running.Count, 100, 200); // who finds it full may let it grow, as nothing was measured
    }

    [Theory] // DESIGN 4.6: nothing is shed while there is room
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_has_just_started_grows_where_nobody_may_wait(bool isAsync)
    {
        using BackpressureLimiter limiter = new(new BackpressureLimiterOptions { InitialLimit = 8, PermitLimit = 1000 }, _time);
        int granted = 0;
        for (int i = 0; i < 100; i++)
        {
            granted += (isAsync ? await limiter.AcquireAsync() : limiter.AttemptAcquire()).IsAcquired ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(granted, 80, 100);
    }

    [Fact]
    public void Who_only_asks_whether_there_is_room_makes_none()
    {
        using BackpressureLimiter limiter = new(new BackpressureLimiterOptions { InitialLimit = 1, PermitLimit = 1000 }, _time);
        using RateLimitLease only = limiter.AttemptAcquire();
        for (int i = 0; i < 100; i++)
        {
            Assert.False(limiter.AttemptAcquire(0).IsAcquired);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Fact]
    public void More_permits_than_the_limit_is_now_are_what_there_is_and_go_back_as_such()
    {
        using (RateLimitLease lease = _limiter.AttemptAcquire(150))
        {
            Assert.True(lease.IsAcquired);
            Assert.Equal(0, _limiter.GetStatistics()!.CurrentAvailablePermits);
        }

        Assert.Equal(100, _limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void More_permits_than_the_limit_can_ever_be_are_an_error() =>
        Assert.StartsWith("201 permits exceed the limit of 200", Assert.Throws<ArgumentOutOfRangeException>(() => _limiter.AttemptAcquire(201)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_limit_that_was_lowered_below_what_is_in_use_has_none_available()
    {
        List<long> available = [];
        Flood(TimeSpan.FromSeconds(30), ignore: false, () => available.Add(_limiter.GetStatistics()!.CurrentAvailablePermits));

        Assert.Equal(0, available.Min());
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>Keeps the limiter full: somebody tries until it fails, at the start and whenever a lease was disposed; the work is done by so many workers.</summary>
    private void Flood(TimeSpan duration, bool ignore, Action? look = null)
    {
        TimeSpan end = Now + duration;
        Fill();
        while (Now < end)
        {
            (TimeSpan endsAt, RateLimitLease lease) = _running.Dequeue();
            _time.Advance(endsAt > Now ? endsAt - Now : TimeSpan.Zero);
            if (ignore)
            {
                ((BackpressureLease)lease).Ignore();
            }

            lease.Dispose();
            look?.Invoke();
            Fill();
        }
    }

    private void Fill()
    {
        while (_limiter.AttemptAcquire() is { IsAcquired: true } lease)
        {
            int worker = Array.IndexOf(_freeAt, _freeAt.Min());
            _freeAt[worker] = (_freeAt[worker] > Now ? _freeAt[worker] : Now) + Work;
            _running.Enqueue((_freeAt[worker], lease));
        }
    }
}
