using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What the gate does, written down slowly: every request is remembered, nothing is counted twice or linked, every question is answered by looking at all of them.</summary>
internal sealed class GateModel(int limit, GateModel.Settings[] policies)
{
    private readonly List<Request> _requests = [];
    private readonly decimal[] _budgets = new decimal[policies.Length];
    private readonly TimeSpan?[] _lastShed = new TimeSpan?[policies.Length];

    public IEnumerable<Request> Waiting => _requests.Where(request => request.Outcome == Outcome.Waiting);

    public int InUse => Holders(null).Sum(holder => holder.Cost);

    /// <returns>The request, if it was admitted.</returns>
    public Request? TryEnter(int policy, int cost, bool isRetry)
    {
        if (!HasRoom(policy, cost) || Waiting.Any(other => other.Policy == policy))
        {
            return null;
        }

        Request request = Add(policy, cost, 0, isRetry, TimeSpan.MaxValue);
        Grant(request);
        return request;
    }

    public Request Enqueue(int policy, int cost, int places, bool isRetry, TimeSpan expiresAt, TimeSpan now)
    {
        Request request = Add(policy, Math.Max(0, Math.Min(cost, Math.Min(limit, policies[policy].Cap ?? limit))), places, isRetry, expiresAt);
        int taken = Waiting.Where(other => other.Policy == policy).Sum(other => other.Places);
        if (expiresAt <= now)
        {
            Shed(request, ShedReason.DeadlineInfeasible, now);
        }
        else if (HasRoom(policy, request.Cost) && !Waiting.Any(other => other.Policy == policy))
        {
            Grant(request);
        }
        else if (isRetry && _budgets[policy] < 1)
        {
            Shed(request, ShedReason.RetryBudget, now);
        }
        else if (taken + places > policies[policy].Capacity)
        {
            Shed(request, ShedReason.QueueFull, now);
        }
        else
        {
            request.Outcome = Outcome.Waiting;
            _budgets[policy] -= isRetry ? 1 : 0;
        }

        return request;
    }

    /// <returns>Whom the call decided, in order.</returns>
    public List<Request> Leave(Request holder, TimeSpan now)
    {
        holder.HasLeft = true;
        return Serve(now);
    }

    public List<Request> Withdraw(Request request, TimeSpan now)
    {
        request.Outcome = Outcome.Cancelled;
        GiveBudgetBack(request);
        return [request, .. Serve(now)];
    }

    public List<Request> Expire(Request request, TimeSpan now)
    {
        Shed(request, ShedReason.QueueTimeout, now);
        GiveBudgetBack(request);
        return [request, .. Serve(now)];
    }

    public List<Request> Dismiss(int policy, ShedReason reason, TimeSpan now)
    {
        List<Request> dismissed = [.. Waiting.Where(request => request.Policy == policy)];
        foreach (Request request in dismissed)
        {
            Shed(request, reason, now);
            GiveBudgetBack(request);
        }

        return dismissed;
    }

    public void Refuse(int policy, ShedReason reason, TimeSpan now) => Shed(Add(policy, 0, 0, false, TimeSpan.MaxValue), reason, now);

    public PolicyReading Read(int policy, string name)
    {
        Request[] own = [.. _requests.Where(request => request.Policy == policy)];
        Request[] waiting = [.. own.Where(request => request.Outcome == Outcome.Waiting)];
        long[] shed = [.. Enum.GetValues<ShedReason>().Select(reason => (long)own.Count(request => request.Outcome == Outcome.Shed && request.Reason == reason))];
        return new PolicyReading(
            name,
            policies[policy].Cap,
            Holders(policy).Sum(holder => holder.Cost),
            waiting.Length,
            waiting.Sum(request => request.Places),
            policies[policy].Capacity,
            own.Length,
            own.Count(request => request.Outcome == Outcome.Granted),
            own.Count(request => request.Outcome == Outcome.Cancelled),
            shed,
            _lastShed[policy]);
    }

    public double Pressure(int policy, TimeSpan now)
    {
        if (now - _lastShed[policy] < TimeSpan.FromSeconds(1))
        {
            return 1;
        }

        double load = (double)InUse / limit;
        double ownLoad = policies[policy].Cap is int cap ? (double)Holders(policy).Sum(holder => holder.Cost) / cap : 0;
        return Math.Clamp((Math.Max(load, ownLoad) - 0.8) / 0.2, 0, 1);
    }

    private IEnumerable<Request> Holders(int? policy) =>
        _requests.Where(request => request.Outcome == Outcome.Granted && !request.HasLeft && (policy is null || request.Policy == policy));

    private bool HasRoom(int policy, int cost) =>
        InUse + (long)Math.Max(cost, 1) <= limit && Holders(policy).Sum(holder => holder.Cost) + (long)Math.Max(cost, 1) <= (policies[policy].Cap ?? limit);

    private List<Request> Serve(TimeSpan now)
    {
        List<Request> decided = [];
        while (Waiting.GroupBy(request => request.Policy).Select(queue => queue.First()).Where(head => HasRoom(head.Policy, head.Cost)).MinBy(_requests.IndexOf) is { } next)
        {
            if (next.ExpiresAt <= now)
            {
                Shed(next, ShedReason.QueueTimeout, now);
                GiveBudgetBack(next);
            }
            else
            {
                Grant(next);
            }

            decided.Add(next);
        }

        return decided;
    }

    private Request Add(int policy, int cost, int places, bool isRetry, TimeSpan expiresAt)
    {
        Request request = new(policy, cost, places, isRetry, expiresAt);
        _requests.Add(request);
        return request;
    }

    private void Grant(Request request)
    {
        request.Outcome = Outcome.Granted;
        _budgets[request.Policy] += request.IsRetry ? 0 : policies[request.Policy].RetryRatio;
    }

    private void Shed(Request request, ShedReason reason, TimeSpan now)
    {
        request.Outcome = Outcome.Shed;
        request.Reason = reason;
        _lastShed[request.Policy] = now;
    }

    private void GiveBudgetBack(Request request) => _budgets[request.Policy] += request.IsRetry ? 1 : 0;

    internal sealed record Settings(int? Cap, int Capacity, decimal RetryRatio);

    internal sealed class Request(int policy, int cost, int places, bool isRetry, TimeSpan expiresAt)
    {
        public int Policy => policy;

        public int Cost => cost;

        public int Places => places;

        public bool IsRetry => isRetry;

        public TimeSpan ExpiresAt => expiresAt;

        public Outcome Outcome { get; set; }

        public ShedReason Reason { get; set; }

        public bool HasLeft { get; set; }
    }
}
