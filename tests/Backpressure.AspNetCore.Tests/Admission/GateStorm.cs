using System.Diagnostics;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Threads that do at random whatever can be done to a gate, with requests that are used anew, and count what came of them.</summary>
internal sealed class GateStorm(int seed, long operations, bool reloads)
{
    private const int Limit = 4;
    private const int Threads = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // until somebody who still waits is taken for forgotten

    private readonly AdmissionGate _gate = new(Limit);
    private readonly List<StormRequest> _waitingForEver = [];
    private readonly long[] _outcomes = new long[Enum.GetValues<Outcome>().Length]; // Interlocked only
    private PolicyGate[] _policies = [];
    private long _ticks; // Interlocked only
    private int _inside; // Interlocked only
    private int _peak; // Interlocked only

    /// <summary>The most permits that handlers ever had at once.</summary>
    public int Peak => _peak;

    public long Granted => _outcomes[(int)Outcome.Granted];

    public long Count(Outcome outcome) => _outcomes[(int)outcome];

    public IReadOnlyList<Waiter> NeverDecided => _waitingForEver;

    public PolicyGate[] Policies => _policies;

    public GateReading Run()
    {
        _policies =
        [
            _gate.AddPolicy("adaptive", new PolicySettings { QueueCapacity = 6, Order = QueueOrder.Adaptive, MaximumWait = TimeSpan.FromTicks(4_000) }),
            _gate.AddPolicy("capped", new PolicySettings { Cap = 2, QueueCapacity = 3, Order = QueueOrder.NewestFirst, MaximumWait = TimeSpan.FromTicks(6_000) }),
            _gate.AddPolicy("without a queue", new PolicySettings { QueueCapacity = 0 }),
        ];
        Exception?[] failures = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => failures[i] = Record.Exception(new Caller(this, seed + i).Run)) { IsBackground = true, Name = $"storm {i}" })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
        WaiterChain decided = default;
        _gate.SetLimit(Limit, Now(), ref decided);
        decided.CompleteAll();
        return _gate.Read();
    }

    private TimeSpan Now() => TimeSpan.FromTicks(Interlocked.Add(ref _ticks, 3)); // every look at the clock takes a little

    private void Come(StormRequest request)
    {
        Interlocked.Increment(ref _outcomes[(int)request.Outcome]);
        if (request.Outcome == Outcome.Granted)
        {
            int inside = Interlocked.Add(ref _inside, request.Permits);
            int peak = Volatile.Read(ref _peak);
            while (inside > peak && Interlocked.CompareExchange(ref _peak, inside, peak) is int before && before != peak)
            {
                peak = before;
            }
        }
    }

    private void Go(StormRequest request, bool isSample)
    {
        Interlocked.Add(ref _inside, -request.Permits);
        WaiterChain decided = default;
        _gate.Leave(request, isSample ? Ending.Served : Ending.Failed, Now(), ref decided);
        decided.CompleteAll();
    }

    private sealed class Caller(GateStorm storm, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<StormRequest> _inside = [];
        private readonly List<StormRequest> _waiting = [];
        private readonly Stack<StormRequest> _free = new();

        public void Run()
        {
            for (long i = 0; i < storm._gateOperations; i++)
            {
                Collect();
                Act(_random.Next(100));
            }

            long start = Stopwatch.GetTimestamp();
            while ((_inside.Count > 0 || _waiting.Count > 0) && Stopwatch.GetElapsedTime(start) < Patience)
            {
                while (_inside.Count > 0)
                {
                    LeaveAny();
                }

                Collect();
                Thread.Yield(); // who was let in by a thread that has lost its processor is told once that has it again
            }

            lock (storm._waitingForEver)
            {
                storm._waitingForEver.AddRange(_waiting);
            }
        }

        private void Act(int choice)
        {
            WaiterChain decided = default;
            switch (choice)
            {
                case < 45 when _inside.Count + _waiting.Count < 6:
                    Enter();
                    return;
                case < 84 when _inside.Count > 0:
                    LeaveAny();
                    return;
                case < 90 when _waiting.Count > 0:
                    storm._gate.Withdraw(_waiting[_random.Next(_waiting.Count)], storm.Now(), ref decided);
                    break;
                case < 97 when _waiting.Count > 0:
                    storm._gate.Expire(_waiting[_random.Next(_waiting.Count)], storm.Now(), ref decided);
                    break;
                case 97 when storm._reloads:
                    storm._gate.SetLimit(_random.Next(1, 8), storm.Now(), ref decided);
                    break;
                case 98 when storm._reloads:
                    PolicyGate policy = storm._policies[_random.Next(storm._policies.Length)];
                    storm._gate.Configure(policy, policy.Settings with
                    {
                        Cap = _random.Next(2) == 0 ? null : _random.Next(1, 4),
                        QueueCapacity = _random.Next(6),
                        Order = (QueueOrder)_random.Next(3),
                    }, storm.Now(), ref decided);
                    break;
            }

            decided.CompleteAll();
        }

        private void Enter()
        {
            StormRequest request = _free.Count > 0 ? _free.Pop() : new StormRequest();
            request.Policy = storm._policies[_random.Next(storm._policies.Length)];
            request.Criticality = (Criticality)_random.Next(-1, 2);
            request.Cost = _random.Next(6) == 0 ? _random.Next(0, 7) : 1;
            TimeSpan now = storm.Now();
            request.Deadline = _random.Next(8) == 0 ? now + TimeSpan.FromTicks(_random.Next(3_000)) : TimeSpan.MaxValue;
            WaiterChain decided = default;
            if (storm._gate.Enter(request, now, ref decided) == Outcome.Waiting)
            {
                _waiting.Add(request);
            }
            else
            {
                Settle(request);
            }

            decided.CompleteAll();
        }

        /// <summary>Takes note of those whose wait is over.</summary>
        private void Collect()
        {
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                StormRequest request = _waiting[i];
                if (request.TryCollect())
                {
                    _waiting.RemoveAt(i);
                    Settle(request);
                }
            }
        }

        private void Settle(StormRequest request)
        {
            storm.Come(request);
            if (request.Outcome == Outcome.Granted)
            {
                _inside.Add(request);
            }
            else
            {
                _free.Push(request);
            }
        }

        private void LeaveAny()
        {
            int chosen = _random.Next(_inside.Count);
            StormRequest request = _inside[chosen];
            _inside.RemoveAt(chosen);
            storm.Go(request, isSample: _random.Next(4) > 0); // the rest failed or was aborted
            _free.Push(request);
        }
    }

    private readonly long _gateOperations = operations / Threads;
    private readonly bool _reloads = reloads;

    private sealed class StormRequest : Waiter
    {
        private int _isComplete; // Interlocked only

        public override void Complete()
        {
            if (Interlocked.Exchange(ref _isComplete, 1) != 0)
            {
                throw new InvalidOperationException("It was completed twice.");
            }
        }

        public bool TryCollect() => Interlocked.CompareExchange(ref _isComplete, 0, 1) == 1;
    }
}
