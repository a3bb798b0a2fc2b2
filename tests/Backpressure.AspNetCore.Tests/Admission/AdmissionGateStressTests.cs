using System.Runtime.ExceptionServices;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

[Collection(nameof(AloneInProcess))]
public class AdmissionGateStressTests
{
    private const int Limit = 5;
    private const int Threads = 4;
    private const int OperationsPerThread = 500_000;

    [Fact] // R4, R5, C6, B13-B22
    public void Threads_that_come_wait_give_up_and_leave_lose_no_permit_and_no_waiter()
    {
        AdmissionGate gate = new(Limit);
        PolicyGate[] policies = [gate.AddPolicy("free", null, 6, Budget()), gate.AddPolicy("capped", 3, 4, Budget()), gate.AddPolicy("narrow", 1, 2, Budget())];
        StressLedger ledger = new();
        StressCaller[] callers = [.. Enumerable.Range(1, Threads).Select(seed => new StressCaller(gate, policies, ledger, seed))];

        RunAtOnce(callers, caller => caller.Run(OperationsPerThread));
        int places = policies.Sum(policy => policy.QueueCapacity);
        for (int round = 0; round <= places; round++)
        {
            Array.ForEach(callers, caller => caller.GiveAllBack()); // which grants whoever waits first
        }

        Assert.All(callers, caller => Assert.True(caller.IsDone, "Somebody waits although nobody holds a permit."));
        GateReading end = gate.Read();
        Assert.Equal((0, 0, 0), (end.InUse, ledger.InUse, end.Policies.Sum(policy => policy.InUse + policy.Queued + policy.PlacesTaken)));
        Assert.All(policies, policy => Assert.Empty(QueueWalk.Through(policy.Waiting)));
        Assert.Equal(Limit, ledger.Peak);
        Assert.Equal(ledger.AnsweredWaiting, ledger.Completed);
        Assert.Equal(callers.Sum(caller => caller.Arrivals), end.Policies.Sum(policy => policy.Arrivals));
        Assert.All(end.Policies, policy => Assert.Equal(policy.Arrivals, policy.Admitted + policy.Shed.Sum() + policy.Cancelled));
        Assert.All(end.Policies, policy => Assert.True(policy is { Cancelled: > 1_000, Admitted: > 10_000 } && policy.Shed.Sum() > 1_000, $"The run was too tame: {policy}"));
    }

    private static RetryAllowance Budget() => new(new RetryBudgetOptions { Ratio = 0.1, MinimumPerSecond = 0 });

    private static void RunAtOnce(StressCaller[] callers, Action<StressCaller> run)
    {
        ExceptionDispatchInfo? failure = null;
        using Barrier start = new(callers.Length);
        Thread[] threads = [.. callers.Select((caller, number) => new Thread(() =>
        {
            start.SignalAndWait();
            failure = Record.Exception(() => run(caller)) is { } thrown ? ExceptionDispatchInfo.Capture(thrown) : failure;
        }) { Name = $"stress caller {number}", IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        failure?.Throw();
    }
}
