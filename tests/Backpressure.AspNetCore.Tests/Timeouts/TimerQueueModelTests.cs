using Backpressure.AspNetCore.Timeouts;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerQueueModelTests
{
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (5, Gen.Select(Gen.Long[0, 1_000], Gen.OneOf(0L, 0, 1, 7, 300)).Select((delay, period) => new Step(Kind.Add, delay, period))),
        (3, Gen.Long[0, 1_000_000].Select(place => new Step(Kind.Remove, place, 0))),
        (2, Gen.Long[0, 200].Select(time => new Step(Kind.Advance, time, 0))));

    private enum Kind
    {
        Add,
        Remove,
        Advance,
    }

    [Fact] // T15
    public void The_queue_does_what_a_sorted_list_does()
    {
        Steps.Array[0, 400].Sample(steps =>
        {
            var queue = new TimerQueue();
            var model = new List<TestNode>();
            long now = 0;
            foreach (Step step in steps)
            {
                switch (step.Kind)
                {
                    case Kind.Add:
                        var added = new TestNode { Due = now + step.Value, Period = step.Period };
                        queue.Add(added);
                        model.Add(added);
                        break;
                    case Kind.Remove when model.Count > 0:
                        TestNode removed = model[(int)(step.Value % model.Count)];
                        Assert.True(queue.Remove(removed));
                        model.Remove(removed);
                        break;
                    case Kind.Advance:
                        now += step.Value;
                        TakeAllDue(queue, model, now);
                        break;
                }

                Assert.Equal(model.Count, queue.Count);
                Assert.Equal(model.Count == 0 ? IAlarm.Never : model.Min(node => node.Due), queue.Earliest);
            }
        });
    }

    private static void TakeAllDue(TimerQueue queue, List<TestNode> model, long now)
    {
        (TestNode Node, long Due)[] expected = [.. model.Where(node => node.Due <= now).Select(node => (node, node.Due)).OrderBy(pair => pair.Due)];
        var taken = new List<TestNode>();
        while (queue.TakeDue(now) is TestNode node)
        {
            taken.Add(node);
        }

        Dictionary<TestNode, long> dueOf = expected.ToDictionary(pair => pair.Node, pair => pair.Due);
        Assert.Equal(expected.Select(pair => pair.Due), taken.Select(node => dueOf[node]));
        Assert.Equal(expected.Length, taken.Distinct().Count());
        model.RemoveAll(node => dueOf.ContainsKey(node) && node.Period == 0);
        Assert.All(model, node => Assert.True(node.Due > now));
        Assert.All(taken.Where(node => node.Period > 0), node => Assert.Equal(0, (node.Due - dueOf[node]) % node.Period));
    }

    private readonly record struct Step(Kind Kind, long Value, long Period);
}
