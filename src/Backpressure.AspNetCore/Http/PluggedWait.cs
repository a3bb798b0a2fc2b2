using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Asks a limiter of the application for a lease, within the time that the request may wait.</summary>
internal static class PluggedWait
{
    public static async ValueTask<AdmissionAnswer> AcquireAsync(GovernedRequest request, PluggedGate plugged, TimeoutClock clock)
    {
        TimeSpan now = clock.Now;
        if (!request.IsRetry)
        {
            plugged.Retries.CountArrival(now);
        }

        TimeSpan endsAt = request.Governor.Queue.WaitEndsAt(now, request.Deadline);
        if (endsAt <= now)
        {
            plugged.Refuse(ShedReason.DeadlineInfeasible, now);
            return new AdmissionAnswer(Outcome.Shed, ShedReason.DeadlineInfeasible, null);
        }

        RateLimitLease lease = Attempt(plugged, now);
        if (lease.IsAcquired)
        {
            plugged.Admit();
            Earn(request, plugged, now);
            return new AdmissionAnswer(Outcome.Granted, default, lease);
        }

        lease.Dispose();
        if (request.IsRetry && !plugged.Retries.TryAdmitRetry(now))
        {
            plugged.Refuse(ShedReason.RetryBudget, now);
            return new AdmissionAnswer(Outcome.Shed, ShedReason.RetryBudget, null);
        }

        plugged.BeginWait();
        request.Answer.WatchPlugged(endsAt);
        AdmissionAnswer answer = new(Outcome.Shed, ShedReason.QueueFull, null);
        ValueTask<AdmissionAnswer> wait = WaitAsync(request, plugged.Limiter, clock, endsAt);
        bool waits = !wait.IsCompleted;
        try
        {
            answer = await wait;
        }
        finally
        {
            TimeSpan wokenAt = clock.Now;
            request.TimeInQueue = waits ? (wokenAt < endsAt ? wokenAt : endsAt) - now : TimeSpan.Zero; // what comes after its end is no wait any more
            plugged.EndWait(answer.Outcome, answer.Reason, clock.Now); // also when the limiter throws: then it counts as refused
            if (answer.Outcome == Outcome.Granted)
            {
                Earn(request, plugged, clock.Now);
            }
            else if (request.IsRetry)
            {
                plugged.Retries.ReturnRetry(clock.Now, takenAt: now);
            }
        }

        return answer;
    }

    private static RateLimitLease Attempt(PluggedGate plugged, TimeSpan now)
    {
        try
        {
            return plugged.Limiter.AttemptAcquire();
        }
        catch
        {
            plugged.Refuse(ShedReason.QueueFull, now);
            throw;
        }
    }

    private static void Earn(GovernedRequest request, PluggedGate plugged, TimeSpan now)
    {
        if (!request.IsRetry)
        {
            plugged.Retries.CountFirstAttempt(now);
        }
    }

    private static async ValueTask<AdmissionAnswer> WaitAsync(GovernedRequest request, RateLimiter limiter, TimeoutClock clock, TimeSpan endsAt)
    {
        CancellationToken callerLeft = request.Context.RequestAborted;
        CallerPresence caller = CallerPresence.Of(request.Context);
        using RequestDeadline end = new(clock.Provider);
        end.Begin(callerLeft);
        if (endsAt != TimeSpan.MaxValue)
        {
            end.Arm(endsAt - clock.Now);
        }

        try
        {
            RateLimitLease lease = await limiter.AcquireAsync(1, end.Token);
            if (lease.IsAcquired && (end.HasExpired || clock.Now >= endsAt)) // the timer itself may be late
            {
                lease.Dispose(); // granted too late: 503 is still true, and the handler could only time out
                return new AdmissionAnswer(Outcome.Shed, ShedReason.QueueTimeout, null);
            }

            return lease.IsAcquired ? new AdmissionAnswer(Outcome.Granted, default, lease) : new AdmissionAnswer(Outcome.Shed, ShedReason.QueueFull, lease);
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested ? !caller.HasLeft : end.HasExpired)
        {
            return new AdmissionAnswer(Outcome.Shed, ShedReason.QueueTimeout, null);
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested)
        {
            return new AdmissionAnswer(Outcome.Cancelled, default, null);
        }
    }
}
