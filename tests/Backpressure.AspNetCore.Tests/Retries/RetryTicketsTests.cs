using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Retries;

public class RetryTicketsTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory] // R9: one ticket more or less, at ten ratios
    [ClassData(typeof(TenRatios))]
    public void Tickets_are_the_ratio_of_the_first_attempts_that_came(double ratio)
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = ratio, MinimumPerSecond = 0 });
        Come(tickets, attempts: 10_000, Now);

        Assert.InRange(HandOut(tickets, 10_100, Now), (10_000 * ratio) - 1, 10_000 * ratio);
    }

    [Fact]
    public void In_between_they_never_exceed_it()
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0 });
        int handedOut = 0;
        for (int attempts = 1; attempts <= 10_000; attempts++)
        {
            Come(tickets, attempts: 1, Now);
            handedOut += HandOut(tickets, 1, Now);
            Assert.Equal(attempts / 10, handedOut);
        }
    }

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(0.5, 10, 5)]
    [InlineData(0.29, 10, 2)]
    [InlineData(0, 10, 0)]
    [InlineData(100, 1, 100)]
    public void The_floor_is_for_a_window_and_no_supplement(double perSecond, int windowSeconds, int expected)
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = perSecond, Window = windowSeconds * Second });
        Come(tickets, attempts: 10 * expected, Now);

        Assert.Equal(expected, HandOut(tickets, 1_000, Now));
    }

    [Fact]
    public void Every_window_that_ends_with_a_ticket_is_within_the_bound()
    {
        const int Seed = 20261127;
        Random random = new(Seed);
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0.3, Window = 10 * Second });
        List<TimeSpan> came = [];
        List<TimeSpan> handedOut = [];
        TimeSpan now = Now;
        for (int i = 0; i < 20_000; i++)
        {
            now += Second * (random.NextDouble() * (i / 2_000 % 2 == 0 ? 0.005 : 0.1)); // busy, then quiet
            tickets.CountFirstAttempt(now);
            came.Add(now);
            if (tickets.MayRetry(ShedReason.QueueFull, now))
            {
                handedOut.Add(now);
            }
        }

        int from = 0;
        int first = 0;
        for (int last = 0; last < handedOut.Count; last++)
        {
            TimeSpan begin = handedOut[last] - (10 * Second);
            while (handedOut[from] <= begin)
            {
                from++;
            }

            while (came[first] <= begin)
            {
                first++;
            }

            int attempts = came.Count(at => at > begin && at <= handedOut[last]);
            Assert.True(last - from + 1 <= Math.Max(0.1 * attempts, 3), $"{last - from + 1} tickets for {attempts} attempts in the window that ends at {handedOut[last]} (seed {Seed})");
        }

        Assert.InRange(handedOut.Count, 1_400, 2_000); // and not far below it either
    }

    [Theory] // B24: judged and taken as one
    [InlineData(1.0, 64_000)]
    [InlineData(0.1, 6_400)]
    public void Threads_that_refuse_at_once_do_not_overshoot(double ratio, int expected)
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = ratio, MinimumPerSecond = 0 });
        Come(tickets, attempts: 32_000, Now);
        using Barrier start = new(64);
        int handedOut = 0;
        Thread[] threads = [.. Enumerable.Range(0, 64).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            Come(tickets, attempts: 500, Now);
            Interlocked.Add(ref handedOut, HandOut(tickets, refusals: 2_000, Now));
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(expected, handedOut + HandOut(tickets, refusals: 64_000, Now));
        Assert.Equal((expected, (64 * 2_000) + 64_000 - expected), (tickets.Granted, tickets.Denied));
    }

    [Theory]
    [InlineData(ShedReason.QueueFull)]
    [InlineData(ShedReason.QueueTimeout)]
    [InlineData(ShedReason.Displaced)]
    public void Want_of_capacity_takes_a_ticket(ShedReason reason)
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.5, MinimumPerSecond = 0 });
        Come(tickets, attempts: 2, Now);

        Assert.True(tickets.MayRetry(reason, Now));
        Assert.False(tickets.MayRetry(reason, Now));
    }

    [Theory]
    [InlineData(ShedReason.Draining, true)]
    [InlineData(ShedReason.DeadlineInfeasible, false)]
    [InlineData(ShedReason.RetryBudget, false)]
    public void The_other_reasons_decide_by_themselves(ShedReason reason, bool may)
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.5, MinimumPerSecond = 0 });
        Come(tickets, attempts: 2, Now);

        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(may, tickets.MayRetry(reason, Now)));
        Assert.True(tickets.MayRetry(ShedReason.QueueFull, Now)); // none was taken
    }

    [Fact]
    public void A_thread_that_is_late_hands_out_no_more()
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0 });
        Come(tickets, attempts: 100, Now);
        Assert.Equal(10, HandOut(tickets, 100, Now));

        Assert.Equal(0, HandOut(tickets, 100, Now - (5 * Second)));
        Assert.Equal(0, HandOut(tickets, 100, Now - (50 * Second)));
    }

    [Fact]
    public void A_changed_ratio_holds_for_what_has_come_and_what_was_handed_out()
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0 });
        Come(tickets, attempts: 1_000, Now);
        Assert.Equal(100, HandOut(tickets, 1_000, Now));

        tickets.Configure(new RetryBudgetOptions { Ratio = 0.25, MinimumPerSecond = 0 }, Now);
        Assert.Equal(150, HandOut(tickets, 1_000, Now));

        tickets.Configure(new RetryBudgetOptions { Ratio = 0.05, MinimumPerSecond = 0 }, Now);
        Assert.Equal(0, HandOut(tickets, 1_000, Now));
    }

    [Fact]
    public void A_changed_window_gives_nothing_away()
    {
        RetryTickets tickets = new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 1 });
        Come(tickets, attempts: 1_000, Now);
        Assert.Equal(100, HandOut(tickets, 1_000, Now));

        tickets.Configure(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 1, Window = 20 * Second }, Now);
        Come(tickets, attempts: 1_100, Now);

        Assert.Equal(10, HandOut(tickets, 1_000, Now));
    }

    [Theory]
    [InlineData(-0.1, 1, 10)]
    [InlineData(1.1, 1, 10)]
    [InlineData(double.NaN, 1, 10)]
    [InlineData(0.1, -1, 10)]
    [InlineData(0.1, double.PositiveInfinity, 10)]
    [InlineData(0.1, 1, 0)]
    public void What_is_no_budget_is_refused(double ratio, double perSecond, int windowSeconds) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new RetryTickets(new RetryBudgetOptions { Ratio = ratio, MinimumPerSecond = perSecond, Window = windowSeconds * Second }));

    [Fact]
    public void No_decision_allocates()
    {
        RetryTickets tickets = new(new RetryBudgetOptions());
        Come(tickets, attempts: 1_000, Now);
        HandOut(tickets, 10, Now);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Come(tickets, attempts: 1_000, Now);
        HandOut(tickets, 1_000, Now);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Come(RetryTickets tickets, int attempts, TimeSpan now)
    {
        for (int i = 0; i < attempts; i++)
        {
            tickets.CountFirstAttempt(now);
        }
    }

    private static int HandOut(RetryTickets tickets, int refusals, TimeSpan now)
    {
        int handedOut = 0;
        for (int i = 0; i < refusals; i++)
        {
            handedOut += tickets.MayRetry(ShedReason.QueueFull, now) ? 1 : 0;
        }

        return handedOut;
    }
}
