using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class RequestDeadlineEndTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _client = new();
    private readonly NotedStages _stages = new(sharesConnection: false);
    private readonly InterruptingWitness _witness;
    private readonly RequestDeadline _deadline;

    public RequestDeadlineEndTests()
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
    public void What_a_callback_throws_when_time_is_up_is_told_and_goes_no_further()
    {
        bool othersRan = false;
        _deadline.Token.Register(() => othersRan = true);
        _deadline.Token.Register(static () => throw new FormatException("a stranger's bug"));
        _deadline.Arm(TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5)); // runs the timer's callback right here

        Assert.True(othersRan);
        AggregateException kept = Assert.IsType<AggregateException>(_witness.Thrown);
        Assert.IsType<FormatException>(Assert.Single(kept.InnerExceptions));
    }

    [Fact] // T2
    public void What_a_callback_throws_when_the_client_aborts_goes_to_whoever_cancelled_as_without_us()
    {
        _deadline.Token.Register(static () => throw new FormatException("a stranger's bug"));

        Assert.Throws<AggregateException>(_client.Cancel);
    }

    [Fact] // B11
    public void A_handler_that_runs_on_after_client_and_deadline_counts_as_abandoned_and_nobody_is_cut()
    {
        _deadline.Arm(TimeSpan.FromSeconds(10));
        _client.Cancel();

        _time.Advance(TimeSpan.FromSeconds(10));
        _time.Advance(Overrun.EndlessGrace);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["abandoned"], _stages.Notes);

        _deadline.End();
        Assert.Equal(["abandoned", "returned"], _stages.Notes);
    }

    [Fact] // B11
    public void So_does_one_whose_client_left_before_its_time_was_set()
    {
        _client.Cancel();
        _deadline.Arm(TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(10));
        _time.Advance(Overrun.EndlessGrace);

        Assert.Equal(["abandoned"], _stages.Notes);
        Assert.False(_deadline.HasExpired);
    }

    [Fact]
    public void One_that_ends_after_its_client_left_and_before_its_deadline_does_not()
    {
        _deadline.Arm(TimeSpan.FromSeconds(10));
        _client.Cancel();
        _deadline.End();

        _time.Advance(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_stages.Notes);
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
        var deadline = Deadlines.Begun(time, client);
        deadline.Arm(TimeSpan.FromSeconds(5));
        deadline.Dispose();
        return new WeakReference(deadline);
    }
}
