using DemoApi.Endpoints;

namespace DemoApi.Tests.Endpoints;

public sealed class WorkSlotsTests
{
    [Fact]
    public void Who_names_the_same_number_shares_one_semaphore_of_that_size()
    {
        using WorkSlots slots = new();

        Assert.Same(slots.For(3), slots.For(3));
        Assert.NotSame(slots.For(3), slots.For(4));
        Assert.Equal(3, slots.For(3)!.CurrentCount);
    }

    [Fact]
    public void The_number_of_semaphores_is_bounded() // H4
    {
        using WorkSlots slots = new();
        for (int size = 1; size <= WorkSlots.MaximumSizes; size++)
        {
            Assert.NotNull(slots.For(size));
        }

        Assert.Null(slots.For(WorkSlots.MaximumSizes + 1));
        Assert.NotNull(slots.For(1));
    }
}
