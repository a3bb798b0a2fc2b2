using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A short program for several threads at one gate, and every result that some order of its calls gives.</summary>
internal sealed class InterleavedProgram(InterleavedProgram.Step[][] threads, int limit, PolicySettings[] settings)
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1);

    internal enum Kind
    {
        Enter,
        Leave,
        Withdraw,
        Raise,
        Lower,
    }

    /// <summary>What came out: one word for each request, who waits and what is in use in the end.</summary>
    public HashSet<string> Possible()
    {
        HashSet<string> results = [];
        Explore(new int[threads.Length], [], results);
        return results;
    }

    /// <summary>Runs the threads at once, as they come, again and again: to make new ones for each time would take longer than all else.</summary>
    /// <returns>What each of the runs came to.</returns>
    public string[] RunAtOnce(int times)
    {
        Run[] runs = [.. Enumerable.Range(0, times).Select(_ => new Run(threads, limit, settings))];
        using Barrier start = new(threads.Length);
        Thread[] runners = [.. threads.Select((steps, thread) => new Thread(() =>
        {
            foreach (Run run in runs)
            {
                start.SignalAndWait();
                for (int i = 0; i < steps.Length; i++)
                {
                    run.Do(thread, i);
                }
            }
        }) { IsBackground = true, Name = $"thread {thread}" })];
        Array.ForEach(runners, runner => runner.Start());
        Array.ForEach(runners, runner => runner.Join());
        return [.. runs.Select(run => run.Result())];
    }

    public override string ToString() =>
        $"limit {limit}; {string.Join(", ", settings.Select(one => $"cap {one.Cap} queue {one.QueueCapacity} {one.Order}"))}; {string.Join(" | ", threads.Select(steps => string.Join(", ", steps)))}";

    private void Explore(int[] done, List<int> order, HashSet<string> results)
    {
        bool any = false;
        for (int thread = 0; thread < threads.Length; thread++)
        {
            if (done[thread] < threads[thread].Length)
            {
                any = true;
                done[thread]++;
                order.Add(thread);
                Explore(done, order, results);
                order.RemoveAt(order.Count - 1);
                done[thread]--;
            }
        }

        if (!any)
        {
            Run run = new(threads, limit, settings);
            int[] next = new int[threads.Length];
            order.ForEach(thread => run.Do(thread, next[thread]++));
            results.Add(run.Result());
        }
    }

    /// <param name="Kind">What is done.</param>
    /// <param name="Request">Which of the thread's own requests it is about.</param>
    /// <param name="Policy">Where a new one enters.</param>
    /// <param name="Criticality">How much it matters.</param>
    /// <param name="Cost">What it costs.</param>
    internal readonly record struct Step(Kind Kind, int Request, int Policy, Criticality Criticality, int Cost)
    {
        public override string ToString() => Kind == Kind.Enter ? $"enter #{Request} policy {Policy} {Criticality} cost {Cost}" : $"{Kind} #{Request}";
    }

    private sealed class Run
    {
        private readonly Step[][] _threads;
        private readonly AdmissionGate _gate;
        private readonly PolicyGate[] _policies;
        private readonly TestRequest?[][] _requests;
        private readonly int _limit;

        public Run(Step[][] threads, int limit, PolicySettings[] settings)
        {
            _threads = threads;
            _limit = limit;
            _gate = new AdmissionGate(limit);
            _policies = [.. settings.Select((one, i) => _gate.AddPolicy($"policy {i}", one))];
            _requests = [.. threads.Select(steps => new TestRequest?[steps.Length])];
        }

        public void Do(int thread, int index)
        {
            Step step = _threads[thread][index];
            WaiterChain decided = default;
            TestRequest? request = _requests[thread][step.Request];
            switch (step.Kind)
            {
                case Kind.Enter:
                    request = new TestRequest { Policy = _policies[step.Policy], Criticality = step.Criticality, Cost = step.Cost };
                    _requests[thread][step.Request] = request;
                    request.Answer = _gate.Enter(request, Now, ref decided);
                    break;
                case Kind.Leave when request is { IsInside: true, HasLeft: false }:
                    request.HasLeft = true;
                    _gate.Leave(request, Ending.Served, Now, ref decided);
                    break;
                case Kind.Withdraw when request is { Answer: Outcome.Waiting }:
                    _gate.Withdraw(request, Now, ref decided);
                    break;
                case Kind.Raise:
                    _gate.SetLimit(_limit + 1, Now, ref decided);
                    break;
                case Kind.Lower:
                    _gate.SetLimit(_limit, Now, ref decided);
                    break;
            }

            decided.CompleteAll();
        }

        public string Result()
        {
            GateReading reading = _gate.Read();
            IEnumerable<string> requests = _requests.SelectMany(thread => thread).Select(request => request is null ? "-" : request.ToString());
            return $"{string.Join(' ', requests)}; {reading.InUse} in use; {string.Join('/', reading.Policies.Select(policy => policy.Queued))} wait";
        }
    }

    private sealed class TestRequest : Waiter
    {
        private volatile bool _isComplete;

        public Outcome Answer { get; set; }

        public bool HasLeft { get; set; }

        /// <summary>Whether its own thread knows that it runs.</summary>
        public bool IsInside => Answer == Outcome.Granted || (Answer == Outcome.Waiting && _isComplete && Outcome == Outcome.Granted);

        public override void Complete() => _isComplete = _isComplete ? throw new InvalidOperationException("It was completed twice.") : true;

        public override string ToString() => $"{Answer}>{Outcome}{(Outcome == Outcome.Shed ? $":{Reason}" : "")}{(HasLeft ? ":left" : "")}";
    }
}
