using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>All requests that ever came to a <see cref="GateModel"/>, and the rules that follow from looking at all of them.</summary>
internal sealed class ModelRoom(int limit, ModelPolicy[] policies, bool honoursAge)
{
    private readonly List<ModelRequest> _requests = []; // in the order in which they came
    private int _grantsInTurn;

    public int Limit { get; set; } = limit;

    /// <summary>Whether the last distribution ended at somebody who was next and did not fit; since then nobody runs unseen.</summary>
    public bool IsWaitedFor { get; private set; }

    public IReadOnlyList<ModelRequest> Requests => _requests;

    public void Add(ModelRequest request) => _requests.Add(request);

    public IEnumerable<ModelRequest> Queue(ModelPolicy policy) => _requests.Where(request => request.Outcome == Outcome.Waiting && request.Policy == policy);

    public int Places(ModelPolicy policy) => Queue(policy).Sum(request => request.Places);

    /// <summary>The permits that a policy holds, or all.</summary>
    public int InUse(ModelPolicy? policy = null) =>
        _requests.Where(request => request.Outcome == Outcome.Granted && !request.HasLeft && (policy ?? request.Policy) == request.Policy).Sum(request => request.Permits);

    /// <summary>How many permits the policy can have at most.</summary>
    public int Most(ModelPolicy policy) => Math.Min(Limit, policy.Settings.Cap ?? Limit);

    public bool Fits(ModelRequest request) => InUse() + Needs(request) <= Limit;

    public bool FitsCap(ModelRequest request) => InUse(request.Policy) + Needs(request) <= (request.Policy.Settings.Cap ?? int.MaxValue);

    /// <summary>Who of those that wait, and of a newcomer, is next; <see langword="null"/> if all of them wait for room below a cap.</summary>
    public ModelRequest? Next(ModelRequest? newcomer = null)
    {
        bool byAge = honoursAge && _grantsInTurn % 8 == 7;
        return _requests.Where(request => request.Outcome == Outcome.Waiting || request == newcomer).GroupBy(request => request.Policy)
            .Select(queue => byAge ? queue : queue.GroupBy(request => request.Criticality).MaxBy(lane => lane.Key)!.AsEnumerable())
            .Select(lane => (Oldest: lane.First(), Head: !byAge && lane.First().Policy.ServesNewest ? lane.Last() : lane.First()))
            .Select(queue => honoursAge && queue.Head.Policy.Passes >= 7 ? queue with { Head = Queue(queue.Head.Policy).First() } : queue)
            .Where(queue => FitsCap(queue.Head))
            .OrderByDescending(queue => byAge ? default : queue.Oldest.Criticality).ThenBy(queue => _requests.IndexOf(queue.Oldest))
            .Select(queue => queue.Head).FirstOrDefault();
    }

    /// <summary>Whether a newcomer runs without anybody looking at the queues: nobody is waited for, and its policy has no cap.</summary>
    public bool RunsUnseen(ModelRequest request) => !IsWaitedFor && request.Policy.Settings.Cap is null && Fits(request);

    /// <summary>Whether a newcomer is refused without anybody looking at the queues: no room, and no place that anybody could make.</summary>
    public bool IsRefusedUnseen(ModelRequest request, TimeSpan now)
    {
        ModelPolicy policy = request.Policy;
        bool hasNoPlace = policy.Settings.QueueCapacity == 0 || (now < policy.FullUntil && Queue(policy).All(other => other.Criticality >= request.Criticality));
        return hasNoPlace && request.Places > 0 && !request.IsRetry && !(Fits(request) && FitsCap(request));
    }

    /// <summary>Grants a newcomer that somebody is looked at for; one that goes past somebody who waits counts for the turn of whoever waits longest.</summary>
    public void GrantNewcomer(ModelRequest request, TimeSpan now)
    {
        bool passesOwn = Queue(request.Policy).Any();
        _grantsInTurn += Next() is not null || passesOwn ? 1 : 0;
        request.Policy.Passes += passesOwn ? 1 : 0;
        Grant(request, now);
    }

    public Outcome Grant(ModelRequest request, TimeSpan now)
    {
        request.Permits = Charge(request);
        request.Policy.Budget += request.IsRetry ? 0 : request.Policy.RetryRatio;
        return Settle(request, Outcome.Granted, now);
    }

    public static Outcome Shed(ModelRequest request, ShedReason reason, TimeSpan now)
    {
        request.Reason = reason;
        request.Policy.LastShedAt = now;
        return Settle(request, Outcome.Shed, now);
    }

    public void Join(ModelRequest request, TimeSpan now)
    {
        ModelPolicy policy = request.Policy;
        bool isEndless = policy.Settings.MaximumWait == Timeout.InfiniteTimeSpan || request.Deadline - now < policy.Settings.MaximumWait;
        request.EnqueuedAt = now;
        request.ExpiresAt = isEndless ? request.Deadline : now + policy.Settings.MaximumWait;
        request.Outcome = Outcome.Waiting;
        policy.Budget -= request.IsRetry ? 1 : 0;
        policy.Joined(now);
        Publish(policy, now);
    }

    /// <summary>Judges anew whether a policy's queue stands, and says until when it is full.</summary>
    public void Judge(ModelPolicy policy, TimeSpan now)
    {
        policy.Judge(now, Most(policy));
        if (policy.Settings.Order == QueueOrder.Adaptive && (policy.Waiting > 0 || policy.Stands))
        {
            Publish(policy, now);
        }
    }

    public void TurnAway(ModelRequest request, ShedReason? reason, TimeSpan now, List<ModelRequest> decided)
    {
        bool wasOldest = Queue(request.Policy).First() == request;
        _ = reason is { } why ? Shed(request, why, now) : Settle(request, Outcome.Cancelled, now);
        request.Policy.Budget += request.IsRetry ? 1 : 0;
        Left(request, decided, wasOldest);
    }

    /// <summary>Makes place: turns away the newest of the lowest lane, or its oldest.</summary>
    public void Displace(ModelPolicy policy, bool oldest, TimeSpan now, List<ModelRequest> decided)
    {
        IEnumerable<ModelRequest> lowest = Queue(policy).GroupBy(request => request.Criticality).MinBy(lane => lane.Key)!;
        TurnAway(oldest ? lowest.First() : lowest.Last(), ShedReason.Displaced, now, decided);
    }

    /// <summary>Turns away who has waited longer than anybody may in a queue that stands.</summary>
    public bool ShedStale(ModelPolicy policy, TimeSpan now, List<ModelRequest> decided)
    {
        bool any = false;
        while (policy.Settings.Order == QueueOrder.Adaptive && policy.ServesNewest && Queue(policy).First() is { } oldest && now - oldest.EnqueuedAt > policy.Bound(Most(policy)))
        {
            TurnAway(oldest, ShedReason.QueueTimeout, now, decided);
            any = true;
        }

        return any;
    }

    /// <summary>Gives whoever is next what is free, until whoever is next does not fit.</summary>
    public void Distribute(TimeSpan now, List<ModelRequest> decided)
    {
        foreach (ModelPolicy policy in policies)
        {
            Judge(policy, now);
        }

        while (Next() is { } next)
        {
            if (next.ExpiresAt <= now)
            {
                TurnAway(next, ShedReason.QueueTimeout, now, decided);
                continue;
            }

            IsWaitedFor = !Fits(next);
            if (IsWaitedFor)
            {
                return;
            }

            bool isOldest = Queue(next.Policy).First() == next;
            Grant(next, now);
            next.Policy.NoteGrant(now);
            _grantsInTurn++;
            Left(next, decided, wasOldest: isOldest);
            next.Policy.Passes += !isOldest && Queue(next.Policy).Any() ? 1 : 0;
        }

        IsWaitedFor = false;
    }

    private void Publish(ModelPolicy policy, TimeSpan now)
    {
        bool isFull = policy.Waiting > 0 && Places(policy) >= policy.Settings.QueueCapacity && !policy.Settings.EvictsOldest;
        policy.FullUntil = isFull ? policy.NextChange(now, Queue(policy).First(), Most(policy)) : null;
    }

    private int Charge(ModelRequest request) => Math.Min(request.Cost, Most(request.Policy));

    private int Needs(ModelRequest request) => Math.Max(Charge(request), 1);

    private static Outcome Settle(ModelRequest request, Outcome outcome, TimeSpan now)
    {
        request.EnqueuedAt = request.Outcome == Outcome.Waiting ? request.EnqueuedAt : now;
        request.DecidedAt = now;
        return request.Outcome = outcome;
    }

    private void Left(ModelRequest request, List<ModelRequest> decided, bool wasOldest)
    {
        decided.Add(request);
        request.Policy.Passes = wasOldest ? 0 : request.Policy.Passes;
        request.Policy.FullUntil = null;
        request.Policy.Waiting--;
        if (!Queue(request.Policy).Any())
        {
            request.Policy.Emptied();
        }
    }
}
