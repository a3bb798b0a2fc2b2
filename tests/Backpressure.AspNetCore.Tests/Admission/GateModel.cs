using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What the gate does, written down slowly: every request is remembered, nothing is counted twice or linked, every question is answered by looking at all of them.</summary>
/// <remarks>Each call returns whom it decided beside a newcomer's own answer, in order.</remarks>
internal sealed class GateModel(int limit, ModelPolicy[] policies, bool honoursAge)
{
    private readonly ModelRoom _room = new(limit, policies, honoursAge);
    private int _limit = limit;
    private int _ceiling = int.MaxValue;

    public int Limit => _room.Limit;

    public int InUse => _room.InUse();

    /// <summary>Whether somebody waits who is next and for whom there is room, which must never be so between two calls.</summary>
    public bool HoldsSomebodyUp => _room.Next() is { } next && _room.Fits(next);

    public ModelRequest[] Queue(ModelPolicy policy) => [.. _room.Queue(policy)];

    /// <returns>The request, if it took permits.</returns>
    public ModelRequest? TryTake(ModelPolicy policy, int cost, TimeSpan now)
    {
        ModelRequest request = new() { Policy = policy, Cost = cost };
        if (!_room.RunsUnseen(request))
        {
            return null;
        }

        _room.Add(request);
        _room.Grant(request, now);
        policy.Budget -= policy.RetryRatio; // whoever takes without a waiter earns nothing
        return request;
    }

    public List<ModelRequest> Enter(ModelRequest request, TimeSpan now)
    {
        List<ModelRequest> decided = [];
        _room.Add(request);
        if (request.Deadline <= now)
        {
            ModelRoom.Shed(request, ShedReason.DeadlineInfeasible, now);
        }
        else if (_room.RunsUnseen(request))
        {
            _room.Grant(request, now);
        }
        else if (_room.IsRefusedUnseen(request, now))
        {
            ModelRoom.Shed(request, ShedReason.QueueFull, now);
        }
        else
        {
            Judge(request, now, decided);
        }

        return decided;
    }

    public List<ModelRequest> Leave(ModelRequest holder, bool isSample, TimeSpan now)
    {
        List<ModelRequest> decided = [];
        if (isSample && now > holder.DecidedAt)
        {
            holder.Policy.NoteService(now - holder.DecidedAt);
        }

        holder.HasLeft = true;
        if (_room.IsWaitedFor || (holder.Policy.Settings.Cap is not null && _room.Queue(holder.Policy).Any()))
        {
            _room.Distribute(now, decided);
            int before = decided.Count;
            Array.ForEach(policies, policy => _room.ShedStale(policy, now, decided));
            if (decided.Count > before)
            {
                _room.Distribute(now, decided);
            }
        }

        return decided;
    }

    public List<ModelRequest> TakeOut(ModelRequest request, bool expires, TimeSpan now)
    {
        List<ModelRequest> decided = [];
        _room.TurnAway(request, expires ? ShedReason.QueueTimeout : null, now, decided);
        _room.Distribute(now, decided);
        return decided;
    }

    public List<ModelRequest> Dismiss(ModelPolicy policy, ShedReason reason, TimeSpan now)
    {
        List<ModelRequest> decided = [];
        Array.ForEach(Queue(policy), request => _room.TurnAway(request, reason, now, decided));
        _room.Distribute(now, decided);
        return decided;
    }

    public List<ModelRequest> SetLimit(int newLimit, TimeSpan now)
    {
        _limit = newLimit;
        return Bound(now);
    }

    public List<ModelRequest> SetCeiling(int ceiling, TimeSpan now)
    {
        _ceiling = ceiling;
        return Bound(now);
    }

    public List<ModelRequest> Configure(ModelPolicy policy, PolicySettings settings, TimeSpan now)
    {
        List<ModelRequest> decided = [];
        policy.Settings = settings;
        policy.FullUntil = null;
        while (_room.Places(policy) > settings.QueueCapacity)
        {
            _room.Displace(policy, oldest: false, now, decided);
        }

        _room.Distribute(now, decided);
        return decided;
    }

    public PolicyReading Read(ModelPolicy policy, string name)
    {
        ModelRequest[] own = [.. _room.Requests.Where(request => request.Policy == policy)];
        long[] shed = [.. Enum.GetValues<ShedReason>().Select(reason => (long)own.Count(request => request.Outcome == Outcome.Shed && request.Reason == reason))];
        return new PolicyReading(
            name, policy.Settings.Cap, _room.InUse(policy), Queue(policy).Length, _room.Places(policy), policy.Settings.QueueCapacity,
            own.Count(request => request.Outcome == Outcome.Granted), own.Count(request => request.Outcome == Outcome.Cancelled), shed, policy.LastShedAt);
    }

    public double Pressure(ModelPolicy policy, TimeSpan now)
    {
        double ownLoad = policy.Settings.Cap is int cap ? (double)_room.InUse(policy) / cap : 0;
        return now - policy.LastShedAt < TimeSpan.FromSeconds(1) ? 1 : Math.Clamp((Math.Max((double)InUse / Limit, ownLoad) - 0.8) / 0.2, 0, 1);
    }

    public TimeSpan DrainTime(ModelPolicy policy, TimeSpan now) => Queue(policy) is { Length: int waiting and > 0 } ? policy.TimeFor(waiting, now) : TimeSpan.Zero;

    private List<ModelRequest> Bound(TimeSpan now)
    {
        List<ModelRequest> decided = [];
        _room.Limit = Math.Min(_limit, _ceiling);
        _room.Distribute(now, decided);
        return decided;
    }

    /// <summary>Lets a newcomer run, wait or neither, in the order in which reasons count.</summary>
    private void Judge(ModelRequest request, TimeSpan now, List<ModelRequest> decided)
    {
        ModelPolicy policy = request.Policy;
        _room.Judge(policy, now);
        if (MayFit(policy))
        {
            _room.Distribute(now, decided); // by the other order somebody may be first who fits
        }

        bool isNext = _room.Next(request) == request;
        if (isNext && _room.Fits(request))
        {
            _room.GrantNewcomer(request, now);
            if (_room.IsWaitedFor || Queue(policy).Length > 0)
            {
                _room.Distribute(now, decided); // it may be another one's turn now; or its policy is full, and somebody of another one next
            }

            return;
        }

        if (request.IsRetry && policy.Budget < 1)
        {
            ModelRoom.Shed(request, ShedReason.RetryBudget, now);
            return;
        }

        int before = decided.Count;
        _room.ShedStale(policy, now, decided);
        if (WhyNot(request, now) is { } reason)
        {
            ModelRoom.Shed(request, reason, now);
        }
        else
        {
            while (Lacking(request) > 0)
            {
                _room.Displace(policy, policy.Settings.EvictsOldest, now, decided);
            }

            _room.Join(request, now);
        }

        if (decided.Count > before || (request.Outcome == Outcome.Waiting && (isNext || MayFit(policy))))
        {
            _room.Distribute(now, decided);
        }
    }

    private bool MayFit(ModelPolicy policy) => (_room.IsWaitedFor && _room.InUse() < _room.Limit) || (policy.Settings.Cap is not null && _room.Queue(policy).Any());

    private long Lacking(ModelRequest request) => (long)_room.Places(request.Policy) + request.Places - request.Policy.Settings.QueueCapacity;

    private ShedReason? WhyNot(ModelRequest request, TimeSpan now)
    {
        ModelPolicy policy = request.Policy;
        Criticality below = policy.Settings.EvictsOldest ? request.Criticality + 1 : request.Criticality;
        if (Lacking(request) > _room.Queue(policy).Where(other => other.Criticality < below).Sum(other => (long)other.Places))
        {
            return ShedReason.QueueFull;
        }

        int ahead = _room.Queue(policy).Count(other => other.Criticality >= request.Criticality);
        bool isBound = ahead > 0 && request.Deadline < TimeSpan.MaxValue && !policy.ServesNewest;
        return isBound && policy.TimeFor(ahead, now) > request.Deadline - now ? ShedReason.DeadlineInfeasible : null;
    }
}
