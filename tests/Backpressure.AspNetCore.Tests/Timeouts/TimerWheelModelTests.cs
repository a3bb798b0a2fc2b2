using Backpressure.AspNetCore.Timeouts;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerWheelModelTests
{
    private const long Day = 24 * 3_600_000_000_000;

    private static readonly Gen<long> Span = Gen.Frequency(
        (4, Gen.Long[0, 1_000]),
        (1, Gen.Long[-5_000, -1]), // due before the present: a thread that arms may be overtaken by the one that visits
        (4, Gen.Long[0, 100_000_000]),
        (2, Gen.Long[0, 30 * Day]),
        (1, Gen.Long[0, long.MaxValue / 2]));

    private static readonly Gen<Step[]> Steps = Gen.Frequency(
        (5, Gen.Select(Span, Gen.OneOf(0L, 0, 1, 7, 1 << 20, Day)).Select(static (delay, period) => new Step(Kind.Add, delay, period))),
        (3, Gen.Long[0, 1_000_000].Select(static place => new Step(Kind.Remove, place, 0))),
        (2, Span.Select(static time => new Step(Kind.Advance, Math.Max(time, 0), 0))),
        (1, Gen.Const(new Step(Kind.AdvanceToEarliest, 0, 0)))).Array[1_000];

    private enum Kind
    {
        Add,
        Remove,
        Advance,
        AdvanceToEarliest,
    }

    [Fact] // T15: a thousand times a thousand operations
    public void The_wheel_does_what_a_sorted_list_does()
    {
        Gen.Select(Steps, Gen.Long[long.MinValue, long.MaxValue / 2]).Sample(static (steps, start) => Play(steps, start), iter: 1_000);
    }

    private static void Play(Step[] steps, long start)
    {
        var wheel = new TimerWheel();
        var model = new SortedSet<(long Due, int Name)>();
        var nodes = new List<TestNode>();
        var entries = new Dictionary<TimerNode, (long Due, int Name)>();
        long now = start;
        foreach (Step step in steps)
        {
            switch (step.Kind)
            {
                case Kind.Add:
                    var added = new TestNode { Due = Later(now, step.Value), Period = step.Period };
                    entries.Add(added, (added.Due, nodes.Count));
                    nodes.Add(added);
                    model.Add(entries[added]);
                    wheel.Add(added);
                    break;
                case Kind.Remove when nodes.Count > 0:
                    TestNode removed = nodes[(int)(step.Value % nodes.Count)];
                    Assert.Equal(model.Remove(entries[removed]), wheel.Remove(removed));
                    break;
                case Kind.Advance:
                    now = Later(now, step.Value);
                    TakeAllDue(wheel, model, entries, now);
                    break;
                case Kind.AdvanceToEarliest when wheel.Earliest != IAlarm.Never:
                    now = Math.Max(now, wheel.Earliest);
                    TakeAllDue(wheel, model, entries, now);
                    break;
            }

            Assert.Equal(model.Count, wheel.Count);
            Assert.True(wheel.Earliest <= (model.Count == 0 ? IAlarm.Never : Math.Max(model.Min.Due, now))); // what is past is as due as what is present
            Assert.True(model.Count > 0 || wheel.Earliest == IAlarm.Never);
        }
    }

    /// <summary>Takes whatever is due, and nothing that is not.</summary>
    private static void TakeAllDue(TimerWheel wheel, SortedSet<(long Due, int Name)> model, Dictionary<TimerNode, (long Due, int Name)> entries, long now)
    {
        while (wheel.TakeDue(now) is TimerNode node)
        {
            (long due, int name) = entries[node];
            Assert.True(model.Remove((due, name)));
            Assert.True(due <= now);
            if (node.Period > 0)
            {
                Assert.True(node.Due > now || now == Timestamps.Latest);
                Assert.True(node.Due == Timestamps.Latest || ((Int128)node.Due - due) % node.Period == 0);
                entries[node] = (node.Due, name);
                model.Add(entries[node]);
            }

            if (now == Timestamps.Latest)
            {
                return; // the end of time, where a rhythm stands still
            }
        }

        Assert.True(model.Count == 0 || model.Min.Due > now);
        Assert.True(wheel.Earliest > now);
    }

    private static long Later(long now, long span) => span < 0 ? Math.Max(now, long.MinValue - span) + span : now > Timestamps.Latest - span ? Timestamps.Latest : now + span;

    private readonly record struct Step(Kind Kind, long Value, long Period);
}
