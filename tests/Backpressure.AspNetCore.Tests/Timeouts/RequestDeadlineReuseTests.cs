using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>One deadline serves one request after the other.</summary>
public sealed class RequestDeadlineReuseTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(50);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly NotedStages _stages = new(sharesConnection: false);
    private readonly InterruptingWitness _witness;
    private readonly RequestDeadline _deadline;

    public RequestDeadlineReuseTests()
    {
        _witness = new InterruptingWitness(_time, _stages);
        _deadline = Deadlines.Begun(_time, _client.Token, _witness);
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void One_that_has_not_struck_serves_the_next_request_with_the_same_token()
    {
        CancellationToken token = _deadline.Token;
        _deadline.Arm(Soon);
        BeginNext(Later);

        _time.Advance(Soon);
        Assert.False(token.IsCancellationRequested);

        _time.Advance(Later);
        Assert.True(token.IsCancellationRequested);
        Assert.Equal(token, _deadline.Token);
    }

    [Fact]
    public void The_next_request_may_have_less_time()
    {
        _deadline.Arm(Later);
        BeginNext(Soon);

        _time.Advance(Soon);

        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void The_next_request_has_no_deadline_until_it_is_armed()
    {
        _deadline.Arm(Soon);
        BeginNext(Timeout.InfiniteTimeSpan);

        _time.Advance(Later);

        Assert.False(_deadline.HasExpired);
    }

    [Fact] // T5
    public void A_ring_that_is_late_by_a_whole_request_strikes_nobody_and_starts_nothing()
    {
        _deadline.Arm(Soon);
        _witness.OnJudge = () => BeginNext(Later);

        _time.Advance(Soon);
        Assert.False(_deadline.HasExpired);
        Assert.False(_deadline.Token.IsCancellationRequested);

        _time.Advance(Later - TimeSpan.FromTicks(1));
        Assert.False(_deadline.HasExpired);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_deadline.HasExpired);
        Assert.Empty(_stages.Notes);
    }

    [Fact] // T5
    public void A_ring_that_is_late_does_not_pass_over_the_next_request()
    {
        _witness.Verdict = ExpiryVerdict.Pass;
        _deadline.Arm(Soon);
        _witness.OnJudge = () => BeginNext(Later);
        _time.Advance(Soon);
        _witness.Verdict = ExpiryVerdict.Strike;

        _time.Advance(Later);

        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void A_request_that_ends_while_the_ring_is_judged_is_not_struck()
    {
        _deadline.Arm(Soon);
        _witness.OnJudge = _deadline.End;

        _time.Advance(Soon + Later);

        Assert.False(_deadline.HasExpired);
        Assert.True(_deadline.IsReusable);
        Assert.Empty(_stages.Notes);
    }

    [Fact]
    public void One_that_has_struck_is_not_used_again()
    {
        _deadline.Arm(Soon);
        _time.Advance(Soon);
        _deadline.End();

        Assert.False(_deadline.IsReusable);
    }

    [Fact]
    public void One_whose_client_has_left_is_not_used_again()
    {
        _client.Cancel();
        _deadline.End();

        Assert.False(_deadline.IsReusable);
    }

    [Fact] // T4
    public void One_that_ends_in_a_callback_of_the_client_is_not_used_again()
    {
        _deadline.Token.Register(_deadline.End);
        _client.Cancel();

        Assert.False(_deadline.IsReusable);
    }

    [Fact]
    public void One_that_passed_over_its_request_is_not_used_again()
    {
        _witness.Verdict = ExpiryVerdict.Pass;
        _deadline.Arm(Soon);
        _time.Advance(Soon);
        _deadline.End();

        Assert.True(_deadline.WasOutlived);
        Assert.False(_deadline.IsReusable);
    }

    [Fact]
    public void One_that_is_disposed_is_not_used_again()
    {
        _deadline.Dispose();

        Assert.False(_deadline.IsReusable);
    }

    [Fact]
    public void The_client_of_an_earlier_request_cancels_nothing()
    {
        BeginNext(Soon);

        _client.Cancel();

        Assert.False(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void The_next_request_does_not_call_whoever_registered_for_an_earlier_one()
    {
        bool called = false;
        _deadline.Token.Register(() => called = true);
        _deadline.TimeToken.Register(() => called = true);
        BeginNext(Soon);

        _time.Advance(Soon);

        Assert.True(_deadline.TimeToken.IsCancellationRequested);
        Assert.False(called);
    }

    private void BeginNext(TimeSpan remaining)
    {
        _deadline.End();
        Assert.True(_deadline.IsReusable);
        _deadline.Begin(CancellationToken.None, _witness);
        _deadline.Arm(remaining);
    }
}
