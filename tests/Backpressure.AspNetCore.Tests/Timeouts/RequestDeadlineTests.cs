using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class RequestDeadlineTests : IDisposable
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly RequestDeadline _deadline;

    public RequestDeadlineTests() => _deadline = new RequestDeadline(_time, _client.Token);

    public void Dispose()
    {
        _deadline.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void The_token_is_cancelled_when_the_deadline_passes_and_not_before()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5) - OneTick);
        Assert.False(_deadline.Token.IsCancellationRequested);

        _time.Advance(OneTick);
        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void The_deadline_has_expired_before_the_callbacks_of_its_token_run()
    {
        bool? expired = null;
        _deadline.Token.Register(() => expired = _deadline.HasExpired);
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(expired);
    }

    [Fact]
    public void A_client_that_aborts_cancels_the_token_but_expires_nothing()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _client.Cancel();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.False(_deadline.HasExpired);
    }

    [Fact]
    public void A_client_that_aborts_after_the_deadline_does_not_undo_it()
    {
        _deadline.Arm(TimeSpan.Zero);

        _client.Cancel();

        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void For_a_client_that_is_gone_already_the_token_is_born_cancelled()
    {
        using var deadline = new RequestDeadline(_time, new CancellationToken(canceled: true));

        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.False(deadline.HasExpired);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-10_001)]
    [InlineData(long.MinValue)]
    public void With_no_time_left_it_expires_at_once(long ticks)
    {
        _deadline.Arm(TimeSpan.FromTicks(ticks));

        Assert.True(_deadline.HasExpired);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void An_infinite_deadline_never_expires()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));
        _deadline.Arm(Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromDays(1000));

        Assert.False(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void It_can_be_prolonged_before_it_passes()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_deadline.HasExpired);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void It_can_be_shortened()
    {
        _deadline.Arm(TimeSpan.FromSeconds(50));
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void Once_it_has_passed_it_cannot_be_prolonged()
    {
        _deadline.Arm(TimeSpan.Zero);
        _deadline.Arm(TimeSpan.FromSeconds(5));

        Assert.True(_deadline.HasExpired);
    }

    [Fact] // T7: a platform timer takes at most 49.7 days
    public void It_may_be_longer_than_a_timer_can_be()
    {
        _deadline.Arm(TimeSpan.FromDays(200));

        _time.Advance(TimeSpan.FromDays(199));
        Assert.False(_deadline.HasExpired);

        _time.Advance(TimeSpan.FromDays(1));
        Assert.True(_deadline.HasExpired);
    }

    [Fact] // T7
    public void The_longest_time_span_overflows_nothing()
    {
        _time.Advance(TimeSpan.FromDays(1));
        _deadline.Arm(TimeSpan.MaxValue);

        _time.Advance(TimeSpan.FromDays(1000));

        Assert.False(_deadline.HasExpired);
    }

    [Fact]
    public void After_dispose_neither_time_nor_client_cancels_the_token()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));
        CancellationToken token = _deadline.Token;
        _deadline.Dispose();

        _time.Advance(TimeSpan.FromSeconds(5));
        _client.Cancel();

        Assert.False(token.IsCancellationRequested);
        Assert.False(_deadline.HasExpired);
    }

    [Fact]
    public void After_dispose_arming_does_nothing()
    {
        CancellationToken token = _deadline.Token;
        _deadline.Dispose();
        _deadline.Arm(TimeSpan.Zero);
        _deadline.Arm(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public void An_expired_deadline_stays_expired_after_dispose()
    {
        _deadline.Arm(TimeSpan.Zero);
        _deadline.Dispose();
        _deadline.Dispose();

        Assert.True(_deadline.HasExpired);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }

    [Fact] // T4
    public void It_can_be_disposed_from_a_callback_of_its_own_token()
    {
        _deadline.Token.Register(_deadline.Dispose);

        _deadline.Arm(TimeSpan.Zero);

        Assert.True(_deadline.HasExpired);
    }

    [Fact] // T2
    public void What_a_callback_throws_when_time_is_up_is_kept_and_goes_no_further()
    {
        bool othersRan = false;
        _deadline.Token.Register(() => othersRan = true);
        _deadline.Token.Register(static () => throw new FormatException("a stranger's bug"));
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5)); // runs the timer's callback right here

        Assert.True(othersRan);
        AggregateException kept = Assert.IsType<AggregateException>(_deadline.CallbackFailure);
        Assert.IsType<FormatException>(Assert.Single(kept.InnerExceptions));
    }

    [Fact] // T2
    public void What_a_callback_throws_when_the_client_aborts_is_kept_and_goes_no_further()
    {
        _deadline.Token.Register(static () => throw new FormatException("a stranger's bug"));

        _client.Cancel();

        Assert.NotNull(_deadline.CallbackFailure);
    }

    [Fact]
    public void A_disposed_deadline_is_not_kept_alive_by_a_client_that_stays_connected()
    {
        WeakReference forgotten = ArmAndDispose(_time, _client.Token);

        GC.Collect();

        Assert.False(forgotten.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ArmAndDispose(FakeTimeProvider time, CancellationToken client)
    {
        var deadline = new RequestDeadline(time, client);
        deadline.Arm(TimeSpan.FromSeconds(5));
        deadline.Dispose();
        return new WeakReference(deadline);
    }
}
