using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class UntoldEndsTests
{
    [Fact]
    public void Each_is_told_of_as_it_was_and_in_order()
    {
        UntoldEnds ends = new();
        ends.Add(TimeSpan.FromMilliseconds(5), 1, Ending.Served);
        ends.Add(TimeSpan.FromMilliseconds(7), 1_000_000, Ending.Left);

        Assert.Equal(2, ends.Count);
        Assert.Equal([(5.0, Ending.Served), (7.0, Ending.Left)], TakeAll(ends));
        Assert.Equal(0, ends.Count);
        Assert.Empty(TakeAll(ends));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(864_000_000_000, 1_000_000)] // a day, all permits that there can be
    [InlineData(long.MaxValue, 0)] // longer than can be kept
    public void Time_and_permits_do_not_mix(long ticks, int permits)
    {
        UntoldEnds ends = new();
        ends.Add(new TimeSpan(ticks), permits, Ending.Failed);

        Assert.True(ends.TryTake(out TimeSpan took, out int held, out Ending ending));

        Assert.Equal((permits, Ending.Failed), (held, ending));
        Assert.Equal(Math.Min(ticks, TimeSpan.FromSeconds(109_951).Ticks), took.Ticks, tolerance: 10_000_000);
    }

    [Fact]
    public void Only_the_last_are_kept()
    {
        UntoldEnds ends = new();
        for (int i = 1; i <= 200; i++)
        {
            ends.Add(TimeSpan.FromMilliseconds(i), 1, Ending.Served);
        }

        Assert.Equal(64, ends.Count);
        Assert.Equal(Enumerable.Range(137, 64).Select(i => ((double)i, Ending.Served)), TakeAll(ends));
        ends.Add(TimeSpan.FromMilliseconds(1), 1, Ending.Left);
        Assert.Equal([(1.0, Ending.Left)], TakeAll(ends));
    }

    [Fact]
    public void Many_threads_may_add_while_one_takes()
    {
        const int Each = 20_000;
        UntoldEnds ends = new();
        Thread[] threads = [.. Enumerable.Range(1, 3).Select(number => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                ends.Add(new TimeSpan(number), number, number == 2 ? Ending.Expired : Ending.Served);
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        int taken = 0;
        bool isOver;
        do
        {
            isOver = Array.TrueForAll(threads, thread => !thread.IsAlive);
            while (ends.TryTake(out TimeSpan took, out int permits, out Ending ending))
            {
                taken++;
                Assert.Equal(took.Ticks, permits);
                Assert.InRange(took.Ticks, 1, 3);
                Assert.Equal(took.Ticks == 2 ? Ending.Expired : Ending.Served, ending);
            }
        }
        while (!isOver);

        Assert.InRange(taken, 1, 3 * Each);
        Assert.Equal(0, ends.Count);
    }

    private static List<(double Milliseconds, Ending Ending)> TakeAll(UntoldEnds ends)
    {
        List<(double, Ending)> all = [];
        while (ends.TryTake(out TimeSpan took, out _, out Ending ending))
        {
            all.Add((took.TotalMilliseconds, ending));
        }

        return all;
    }
}
