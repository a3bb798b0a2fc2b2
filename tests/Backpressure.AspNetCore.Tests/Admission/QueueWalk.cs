using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Walks a queue node by node and holds every link and count against what it finds.</summary>
internal static class QueueWalk
{
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

        Assert.Equal(nodes.Count, queue.Count);
        Assert.Equal(nodes.Sum(node => node.Places), queue.Places);
        return [.. nodes];
    }
}
