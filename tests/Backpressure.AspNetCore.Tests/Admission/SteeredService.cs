using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A service of known capacity behind a gate, in virtual time: a number of workers, each busy for the same time with a request; who is granted finds the first free one.</summary>
internal sealed class SteeredService
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly TimeSpan[] _freeAt;
    private readonly TimeSpan _work;
    private readonly PriorityQueue<(TestWaiter Waiter, bool IsDone), (TimeSpan At, long Number)> _events = new();
    private readonly Dictionary<TestWaiter, TimeSpan> _arrivedAt = [];
    private TimeSpan _now;
    private long _number;

    public SteeredService(AdmissionGate gate, PolicyGate policy, int workers, TimeSpan work)
    {
        _gate = gate;
        _policy = policy;
        _work = work;
        _freeAt = new TimeSpan[workers];
    }

    /// <summary>The permits that each request asks for.</summary>
    public int Cost { get; init; } = 1;

    /// <summary>How the work ends.</summary>
    public Ending Ending { get; set; }

    /// <summary>From arrival to end, of each request that was served since the last run began.</summary>
    public List<TimeSpan> Latencies { get; } = [];

    public long Served { get; private set; }

    /// <summary>Lets requests come for a while.</summary>
    /// <param name="duration">For how long.</param>
    /// <param name="perSecond">How many.</param>
    /// <param name="chance">Draws the gaps between them; <see langword="null"/> for an even pace.</param>
    public void Run(TimeSpan duration, double perSecond, Random? chance = null)
    {
        Latencies.Clear();
        TimeSpan end = _now + duration;
        TimeSpan arrival = _now;
        while (_now < end)
        {
            if (_events.TryPeek(out _, out (TimeSpan At, long) next) && next.At <= arrival)
            {
                _now = next.At;
                (TestWaiter waiter, bool isDone) = _events.Dequeue();
                if (isDone)
                {
                    Leave(waiter);
                }
                else
                {
                    Expire(waiter); // which does nothing where it waits no more
                }
            }
            else
            {
                _now = arrival;
                arrival += TimeSpan.FromSeconds((chance is null ? 1 : -Math.Log(1 - chance.NextDouble())) / perSecond);
                Arrive();
            }
        }
    }

    private void Arrive()
    {
        TestWaiter newcomer = new(_policy, Decided) { Cost = Cost };
        _arrivedAt[newcomer] = _now;
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(newcomer, _now, ref decided);
        if (outcome == Outcome.Granted)
        {
            Begin(newcomer);
        }
        else if (outcome == Outcome.Shed)
        {
            _arrivedAt.Remove(newcomer);
        }
        else if (newcomer.Outcome == Outcome.Waiting && newcomer.ExpiresAt != TimeSpan.MaxValue)
        {
            _events.Enqueue((newcomer, false), (newcomer.ExpiresAt, _number++));
        }

        decided.CompleteAll();
    }

    private void Leave(TestWaiter holder)
    {
        Served++;
        Latencies.Add(_now - _arrivedAt[holder]);
        _arrivedAt.Remove(holder);
        WaiterChain decided = default;
        _gate.Leave(holder, Ending, _now, ref decided);
        decided.CompleteAll();
    }

    private void Expire(TestWaiter waiter)
    {
        WaiterChain decided = default;
        _gate.Expire(waiter, _now, ref decided);
        decided.CompleteAll();
    }

    private void Decided(TestWaiter waiter)
    {
        if (waiter.Outcome == Outcome.Granted)
        {
            Begin(waiter);
        }
        else
        {
            _arrivedAt.Remove(waiter);
        }
    }

    private void Begin(TestWaiter granted)
    {
        int first = Array.IndexOf(_freeAt, _freeAt.Min());
        _freeAt[first] = (_freeAt[first] > _now ? _freeAt[first] : _now) + _work;
        _events.Enqueue((granted, true), (_freeAt[first], _number++));
    }
}
