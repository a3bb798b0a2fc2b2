namespace Backpressure.AspNetCore.Admission;

/// <summary>Says who of all waiters is next. Guarded by the gate's lock.</summary>
/// <remarks>By rank: the higher lane first, then the policy that has somebody waiting longer in that lane, then the policy's own order. Every eighth grant while somebody waits goes to whoever waits longest,
/// whatever the lane, so that nobody is passed for ever by more critical or newer requests (C16, B10); the same holds within each policy, since that turn may always find the policy at its cap. A policy whose cap leaves no room is passed over; the limit of the server is not this class's concern:
/// whoever is next and does not fit is waited for, so that cheap requests cannot starve a dear one.</remarks>
internal sealed class Ranking
{
    /// <summary>Each such grant goes to whoever waits longest.</summary>
    public const int LongestEvery = 8;

    private readonly List<PolicyGate> _policies = [];
    private readonly Permits _permits;
    private readonly bool _honoursAge;
    private long _grants;

    /// <param name="permits">The permits of the server.</param>
    /// <param name="honoursAge">Whether every eighth grant goes to whoever waits longest.</param>
    public Ranking(Permits permits, bool honoursAge)
    {
        _permits = permits;
        _honoursAge = honoursAge;
    }

    public List<PolicyGate> Policies => _policies; // as it is: an interface would allocate an enumerator for each walk

    public void Add(PolicyGate policy) => _policies.Add(policy);

    /// <summary>How long requests take in the mean, each policy by what it has running; zero when nothing is known. Needs no lock.</summary>
    public TimeSpan ServiceTime
    {
        get
        {
            double sum = 0;
            double weight = 0;
            foreach (PolicyGate policy in _policies)
            {
                if (policy.ServiceTime > TimeSpan.Zero)
                {
                    sum += policy.ServiceTime.Ticks * (double)Math.Max(1, policy.InUse);
                    weight += Math.Max(1, policy.InUse);
                }
            }

            return weight > 0 ? TimeSpan.FromTicks((long)(sum / weight)) : TimeSpan.Zero;
        }
    }

    /// <summary>Permits were granted while somebody waited: to a waiter that has left its queue, or to a newcomer that went past one.</summary>
    /// <param name="policy">Whose request it is.</param>
    /// <param name="isOldest">Whether it was the one that waited longest in its policy.</param>
    public void NoteGrant(PolicyGate policy, bool isOldest)
    {
        _grants++;
        if (!isOldest && policy.Waiting.Count > 0)
        {
            policy.NotePassLocked();
        }
    }

    private bool IsTurnOfLongest => _honoursAge && _grants % LongestEvery == LongestEvery - 1;

    /// <summary>The waiter that is next; <see langword="null"/> if nobody waits but for room below a cap.</summary>
    /// <param name="newcomer">Somebody who does not wait yet, to be judged as if it were the last in its lane.</param>
    public Waiter? Next(Waiter? newcomer = null)
    {
        bool byAge = IsTurnOfLongest;
        Waiter? next = null;
        Waiter? senior = null; // whose age speaks for the policy of next
        foreach (PolicyGate policy in _policies)
        {
            Waiter? joining = newcomer?.Policy == policy ? newcomer : null;
            if (policy.Waiting.Count == 0 && joining is null)
            {
                continue;
            }

            int lane = Math.Max(policy.Waiting.Highest, joining?.Lane ?? -1);
            Waiter oldest = (byAge ? policy.Waiting.Oldest : policy.Waiting[lane].First) ?? joining!;
            Waiter? last = joining?.Lane == lane ? joining : policy.Waiting[lane].Last;
            bool isOwnTurn = _honoursAge && policy.IsTurnOfOldestLocked;
            Waiter head = isOwnTurn ? policy.Waiting.Oldest! : !byAge && policy.ServesNewestLocked ? last! : oldest;
            if (policy.HasCapRoom(head.Cost, _permits.Limit, policy.InUse) && (senior is null || Precedes(oldest, senior, byAge)))
            {
                next = head;
                senior = oldest;
            }
        }

        return next;
    }

    private static bool Precedes(Waiter one, Waiter other, bool byAge) =>
        !byAge && one.Lane != other.Lane ? one.Lane > other.Lane : one.ArrivalNumber < other.ArrivalNumber;
}
