using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class LimitJudgeTests
{
    private const int Limit = 8;

    private readonly Knowledge _known = new(Limit);

    [Fact] // a server that had lost half of its processors was asked upwards eleven times, each time in vain, and kept twice the limit for twenty seconds
    public void After_a_look_upwards_in_vain_the_next_one_is_downwards()
    {
        LimitJudge judge = new(_known, minimum: 1);
        for (int now = 1; now <= 5; now++)
        {
            Assert.Null(judge.Judge(Window(now, Limit, LimitPhase.Base, completions: 60, sheds: false)));
        }

        Assert.Equal(LimitReason.ProbeUp, judge.Judge(Window(6, Limit, LimitPhase.Base, completions: 40))!.Value.Reason); // less than usual, and not yet surely so
        _known.Usual.BeginAnew();
        Assert.Equal(LimitReason.Return, judge.Judge(Window(7, 2 * Limit, LimitPhase.Probe, completions: 40))!.Value.Reason);
        _known.Usual.BeginAnew();

        LimitMove? next = null;
        for (int now = 8; now <= 20 && next is null; now++)
        {
            next = judge.Judge(Window(now, Limit, LimitPhase.Base, completions: 40));
        }

        Assert.Equal(LimitReason.ProbeDown, next!.Value.Reason);
    }

    [Fact] // a look upwards long before, in vain, kept a server that became eight times slower at a fifteenth of what it could do
    public void A_look_upwards_in_vain_is_settled_once_the_server_does_what_it_did()
    {
        LimitJudge judge = new(_known, minimum: 1);
        for (int now = 1; now <= 5; now++)
        {
            judge.Judge(Window(now, Limit, LimitPhase.Base, completions: 60, sheds: false));
        }

        Assert.Equal(LimitReason.ProbeUp, judge.Judge(Window(6, Limit, LimitPhase.Base, completions: 40))!.Value.Reason);
        _known.Usual.BeginAnew();
        Assert.Equal(LimitReason.Return, judge.Judge(Window(7, 2 * Limit, LimitPhase.Probe, completions: 40))!.Value.Reason);
        _known.Usual.BeginAnew();
        Assert.Null(judge.Judge(Window(8, Limit, LimitPhase.Base, completions: 60, sheds: false)));

        LimitMove look = judge.Judge(Window(9, Limit, LimitPhase.Base, completions: 8))!.Value;

        Assert.Equal(LimitReason.ProbeUp, look.Reason);
        Assert.InRange(look.Limit, 6 * Limit, 8 * Limit); // as many times as many as less is done
    }

    [Fact] // where a dependency became slow, the window in between had 18 in flight at its beginning and all that may be at its end
    public void A_window_at_whose_end_the_limit_held_somebody_back_lowers_no_expectation()
    {
        LimitJudge judge = new(_known, minimum: 1);
        judge.Dismiss(Window(1, Limit, LimitPhase.Base, completions: 60, isHeld: false), lost: 0);

        judge.Dismiss(Window(2, Limit, LimitPhase.Base, completions: 20), lost: 0);
        Assert.Equal(60, _known.Usual.Done, 9);

        judge.Dismiss(Window(3, Limit, LimitPhase.Base, completions: 90), lost: 0);
        Assert.Equal(90, _known.Usual.Done, 9); // more it can do

        judge.Dismiss(Window(4, Limit, LimitPhase.Base, completions: 20, isHeld: false), lost: 0);
        Assert.Equal(20, _known.Usual.Done, 9); // fewer came
    }

    [Fact]
    public void A_look_upwards_over_a_cliff_is_remembered()
    {
        LimitJudge judge = new(_known, minimum: Limit);
        Assert.Equal(LimitReason.ProbeUp, judge.Judge(Window(1, Limit, LimitPhase.Base, completions: 600))!.Value.Reason);
        _known.Usual.BeginAnew();

        LimitMove back = judge.Judge(Window(2, 2 * Limit, LimitPhase.Probe, completions: 200))!.Value;

        Assert.Equal((Limit, LimitReason.Cliff), (back.Limit, back.Reason));
        Assert.True(_known.Cliff.IsKnown);
    }

    [Fact] // a look down that is cut short costs as much as one that ends
    public void After_a_look_down_in_which_requests_stop_the_next_one_is_not_due_before_it_is_paid_for()
    {
        LimitJudge judge = new(_known, minimum: 1);
        Assert.Equal(LimitReason.ProbeDown, judge.Judge(Window(1, Limit, LimitPhase.Base, completions: 60))!.Value.Reason);
        _known.Usual.BeginAnew();

        Assert.Equal(LimitReason.Return, judge.Dismiss(Window(2, Limit / 2, LimitPhase.Dip, completions: 60, isIdle: true), lost: 0.2)!.Value.Reason);

        Assert.False(_known.Budget.IsDue(11.9));
        Assert.True(_known.Budget.IsDue(12));
    }

    [Fact] // a single answer in a fraction of a millisecond was a rate of thousands that the server had lost since
    public void What_ends_with_the_requests_is_no_rate()
    {
        LimitJudge judge = new(_known, minimum: 1);
        judge.Judge(Window(1, Limit, LimitPhase.Base, completions: 60, sheds: false));

        judge.Dismiss(Window(2, Limit, LimitPhase.Base, completions: 600, isIdle: true), lost: 0);
        Assert.Equal(60, _known.Usual.Done, 9);

        judge.Dismiss(Window(3, Limit, LimitPhase.Base, completions: 600, isIdle: false), lost: 0);
        Assert.Equal(600, _known.Usual.Done, 9);
    }

    /// <summary>A window of one second with as many in flight as may be.</summary>
    private static LimitView Window(double now, int limit, LimitPhase phase, int completions, bool sheds = true, bool isIdle = false, bool isHeld = true)
    {
        double took = (double)limit / completions;
        Observation observation = new();
        observation.Begin(now - 1);
        if (isHeld)
        {
            observation.Window.NoteHeld(sheds);
        }

        for (int i = 1; i <= completions; i++)
        {
            double end = now - 1 + ((double)i / completions);
            observation.NoteEnd(end, took, Ending.Served);
            observation.Window.NoteCompletion(end, took, limit, succeeded: true);
        }

        return observation.End(now, limit, phase, isIdle);
    }
}
