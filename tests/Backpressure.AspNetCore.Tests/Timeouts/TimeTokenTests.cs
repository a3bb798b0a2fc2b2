using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>The token that hears of the time alone.</summary>
public sealed class TimeTokenTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly RequestDeadline _deadline;

    public TimeTokenTests() => _deadline = Deadlines.Begun(_time, _client.Token);

    public void Dispose()
    {
        _deadline.Dispose();
        _client.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_cancelled_by_the_deadline_whether_asked_for_before_or_after(bool before)
    {
        CancellationToken token = before ? _deadline.TimeToken : default;
        _deadline.Arm(TimeSpan.Zero);

        Assert.True((before ? token : _deadline.TimeToken).IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_not_cancelled_by_a_client_who_leaves(bool before)
    {
        CancellationToken token = before ? _deadline.TimeToken : default;
        _client.Cancel();

        Assert.False((before ? token : _deadline.TimeToken).IsCancellationRequested);
    }

    [Fact]
    public void It_is_not_cancelled_when_the_request_ends()
    {
        _deadline.Arm(TimeSpan.FromSeconds(5));
        CancellationToken token = _deadline.TimeToken;
        _deadline.End();

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(token.IsCancellationRequested);
    }
}
