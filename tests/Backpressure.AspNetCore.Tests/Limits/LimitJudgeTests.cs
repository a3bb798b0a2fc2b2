using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class LimitJudgeTests
{
    private const int Limit = 8;

    [Fact] // a server that had lost half of its processors was asked upwards eleven times, each time in vain, and kept twice the limit for twenty seconds
    public void After_a_look_upwards_in_vain_the_next_one_is_downwards()
    {
        LimitJudge judge = new(Limit, minimum: 1);
        for (int now = 1; now <= 5; now++)
        {
            Assert.Null(judge.Judge(Window(now, Limit, LimitPhase.Base, completions: 60, sheds: false)));
        }

        Assert.Equal(LimitReason.ProbeUp, judge.Judge(Window(6, Limit, LimitPhase.Base, completions: 40))!.Value.Reason); // less than usual, and not yet surely so
        judge.Usual.BeginAnew();
        Assert.Equal(LimitReason.Return, judge.Judge(Window(7, 2 * Limit, LimitPhase.Probe, completions: 40))!.Value.Reason);
        judge.Usual.BeginAnew();

        LimitMove? next = null;
        for (int now = 8; now <= 20 && next is null; now++)
        {
            next = judge.Judge(Window(now, Limit, LimitPhase.Base, completions: 40));
        }

        Assert.Equal(LimitReason.ProbeDown, next!.Value.Reason);
    }

    [Fact] // a single answer in a fraction of a millisecond was a rate of thousands that the server had lost since
    public void What_ends_with_the_requests_is_no_rate()
    {
        LimitJudge judge = new(Limit, minimum: 1);
        judge.Judge(Window(1, Limit, LimitPhase.Base, completions: 60, sheds: false));

        judge.Dismiss(Window(2, Limit, LimitPhase.Base, completions: 600, isIdle: true));
        Assert.Equal(60, judge.Usual.Done, 9);

        judge.Dismiss(Window(3, Limit, LimitPhase.Base, completions: 600, isIdle: false));
        Assert.Equal(600, judge.Usual.Done, 9);
    }

    /// <summary>A window of one second in which the limit bound.</summary>
    private static LimitView Window(double now, int limit, LimitPhase phase, int completions, bool sheds = true, bool isIdle = false)
    {
        double took = (double)limit / completions;
        Observation observation = new();
        observation.Begin(now - 1);
        observation.Window.NoteHeld(sheds);
        for (int i = 1; i <= completions; i++)
        {
            double end = now - 1 + ((double)i / completions);
            observation.NoteEnd(end, took, Ending.Served);
            observation.Window.NoteCompletion(end, took, limit, succeeded: true);
        }

        return observation.End(now, limit, phase, isIdle);
    }
}
