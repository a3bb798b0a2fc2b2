using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Walks queues node by node and holds every link and count against what it finds.</summary>
internal static class QueueWalk
{
    /// <summary>Everybody in all lanes, in the order in which they came.</summary>
    public static Waiter[] Through(Lanes lanes)
    {
        Waiter[][] walked = [.. Enumerable.Range(0, Lanes.End).Select(lane => Through(lanes[lane]))];
        Waiter[] all = [.. walked.SelectMany(lane => lane).OrderBy(waiter => waiter.ArrivalNumber)];
        Assert.Equal((all.Length, all.Sum(waiter => waiter.Places)), (lanes.Count, lanes.Places));
        Assert.Same(all.FirstOrDefault(), lanes.Oldest);
        Assert.Equal(Array.FindIndex(walked, lane => lane.Length > 0) is var lowest and >= 0 ? lowest : Lanes.End, lanes.Lowest);
        Assert.Equal(Array.FindLastIndex(walked, lane => lane.Length > 0), lanes.Highest);
        for (int lane = 0; lane < Lanes.End; lane++)
        {
            Assert.All(walked[lane], waiter => Assert.Equal(lane, (int)waiter.Criticality + 1));
        }

        return all;
    }

    public static Waiter[] Through(WaiterQueue queue)
    {
        List<Waiter> nodes = [];
        Waiter? previous = null;
        for (Waiter? node = queue.First; node is not null; node = node.Next)
        {
            Assert.Same(previous, node.Previous);
            Assert.True(nodes.Count < queue.Count, "The list holds more nodes than the queue counts.");
            nodes.Add(node);
            previous = node;
        }

        Assert.Same(previous, queue.Last);
        Assert.Equal(nodes.Count, queue.Count);
        Assert.Equal(nodes.Sum(node => node.Places), queue.Places);
        return [.. nodes];
    }
}
