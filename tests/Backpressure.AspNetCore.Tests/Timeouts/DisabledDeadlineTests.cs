using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>A deadline that is taken away has no say any more, whatever of it is under way.</summary>
public sealed class DisabledDeadlineTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData((int)ExpiryVerdict.Strike)]
    [InlineData((int)ExpiryVerdict.StrikeBegun)]
    [InlineData((int)ExpiryVerdict.Pass)]
    public void A_ring_that_is_under_way_cancels_nothing_once_the_deadline_is_taken_away(int verdict)
    {
        Disabler disabler = new((ExpiryVerdict)verdict);
        using RequestDeadline deadline = Deadlines.Begun(_time, CancellationToken.None, disabler);
        disabler.OnJudge = () => Assert.True(deadline.TryDisable());
        deadline.Arm(Time);

        _time.Advance(Time);
        _time.Advance(Time);

        Assert.Equal((1, false, false), (disabler.Judged, deadline.HasExpired, deadline.Token.IsCancellationRequested));
        deadline.End();
        Assert.True(deadline.IsReusable);
        Assert.False(deadline.WasOutlived);
    }

    [Fact]
    public void Nor_does_the_watch_over_an_answer_that_the_deadline_has_passed_over()
    {
        HandFlushes flushes = new(_time);
        Disabler witness = new(ExpiryVerdict.Pass) { Watch = new StallWatch(_time, Grace, flushes) };
        using RequestDeadline deadline = Deadlines.Begun(_time, CancellationToken.None, witness);
        deadline.Arm(Time);
        _time.Advance(Time - Grace);
        flushes.Flush();
        _time.Advance(Grace / 2);
        flushes.Flush();
        _time.Advance(Grace / 2);

        Assert.True(deadline.TryDisable());
        _time.Advance(Grace * 2);

        Assert.False(deadline.Token.IsCancellationRequested);
        deadline.End();
        Assert.True(deadline.WasOutlived);
    }

    [Fact]
    public void One_that_has_struck_cannot_be_taken_away()
    {
        using RequestDeadline deadline = Deadlines.Begun(_time, CancellationToken.None);
        bool? disabled = null;
        deadline.Token.Register(() => disabled = deadline.TryDisable());
        deadline.Arm(Time);

        _time.Advance(Time);

        Assert.Equal((false, true), (disabled, deadline.HasExpired));
        Assert.False(deadline.TryDisable());
    }

    [Fact]
    public void A_client_that_leaves_still_cancels_the_token()
    {
        using CancellationTokenSource client = new();
        using RequestDeadline deadline = Deadlines.Begun(_time, client.Token);
        deadline.Arm(Time);
        Assert.True(deadline.TryDisable());

        client.Cancel();

        Assert.True(deadline.Token.IsCancellationRequested);
        Assert.False(deadline.HasExpired);
    }

    private sealed class Disabler(ExpiryVerdict verdict) : IExpiryWitness
    {
        public Action OnJudge { get; set; } = static () => { };

        public StallWatch? Watch { get; init; }

        public int Judged { get; private set; }

        public ExpiryVerdict Judge()
        {
            Judged++;
            OnJudge();
            return verdict;
        }

        public Overrun? PlanOverrun(bool clientIsGone) => null;

        public void NoteCallbackFailure(Exception thrown) => Assert.Fail(thrown.ToString());

        public StallWatch? PlanWatch() => Watch;
    }
}
