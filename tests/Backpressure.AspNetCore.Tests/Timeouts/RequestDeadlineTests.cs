using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class RequestDeadlineTests : IDisposable
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly RequestDeadline _deadline;

    public RequestDeadlineTests() => _deadline = Deadlines.Begun(_time, _client.Token);

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
        using var deadline = Deadlines.Begun(_time, new CancellationToken(canceled: true));

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

    [Fact] // T16
    public void A_move_in_the_middle_of_another_is_not_lost()
    {
        var time = new InterruptedTime(_time);
        using var deadline = Deadlines.Begun(time, CancellationToken.None);
        time.BeforeNextChange = () => deadline.Arm(TimeSpan.FromSeconds(5));
        deadline.Arm(TimeSpan.FromSeconds(50));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(deadline.HasExpired);
    }

    [Fact] // T5
    public void A_timer_that_rings_for_an_earlier_deadline_expires_nothing()
    {
        var time = new InterruptedTime(_time);
        using var deadline = Deadlines.Begun(time, CancellationToken.None);
        deadline.Arm(TimeSpan.FromSeconds(5));
        time.BeforeNextChange = () => _time.Advance(TimeSpan.FromSeconds(5)); // rings after the new deadline was fixed
        deadline.Arm(TimeSpan.FromSeconds(50));
        Assert.False(deadline.HasExpired);

        _time.Advance(TimeSpan.FromSeconds(50));

        Assert.True(deadline.HasExpired);
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
}
