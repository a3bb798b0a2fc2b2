using System.Globalization;
using Backpressure.Http.Protocol;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>A process with a client of others, which tries again by its own rules. It tells a server that it calls nothing of the request in whose course that is.</summary>
internal sealed class ForeignCaller : ICaller
{
    private const RequestFields Understood = RequestFields.Own | RequestFields.Grpc | RequestFields.Envoy; // by default

    private readonly Tier _tier;
    private readonly VirtualTime _time;
    private readonly ForeignRules _rules;
    private SplitMix _random;

    /// <param name="tier">Whom it calls.</param>
    /// <param name="time">The clock.</param>
    /// <param name="rules">Its rules.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="process">The number of the process.</param>
    public ForeignCaller(Tier tier, VirtualTime time, ForeignRules rules, ulong seed, long process)
    {
        _tier = tier;
        _time = time;
        _rules = rules;
        _random = SplitMix.For(seed, StreamPurpose.BackOff, process);
    }

    public void Call(long number, Request? course, Action<bool, long> ended, long now) => new Underway(this, number, ended).Send(now);

    private static RequestClaims Read(string? header, int earlier)
    {
        RequestReader reader = new(Understood);
        if (header is not null)
        {
            reader.Read(header, lines: 1, earlier.ToString(CultureInfo.InvariantCulture));
        }

        return reader.Claims;
    }

    private sealed class Underway : IReceiver
    {
        private readonly ForeignCaller _caller;
        private readonly long _number;
        private readonly Action<bool, long> _ended;
        private readonly ITimer _timer; // ends the wait for an answer, then that for the next attempt
        private Request? _request; // while an answer is waited for
        private int _use;
        private int _attempts;

        public Underway(ForeignCaller caller, long number, Action<bool, long> ended)
        {
            _caller = caller;
            _number = number;
            _ended = ended;
            _timer = caller._time.CreateTimer(static call => ((Underway)call!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Send(long now)
        {
            RequestClaims claims = Read(_caller._rules.CountHeader, _attempts);
            _request = _caller._tier.Send(this, claims, _number, ++_attempts, now);
            _use = _request.Use;
            _timer.Change(_caller._rules.Timeout, Timeout.InfiniteTimeSpan);
        }

        public void Answered(in Answer answer, long now)
        {
            if (_request is null)
            {
                return; // too late, nobody waits for it
            }

            _request = null;
            if (answer.IsSuccess)
            {
                End(isGood: true, now);
            }
            else
            {
                TryAgain(answer, now);
            }
        }

        private void TimeIsUp()
        {
            long now = _caller._time.Now;
            if (_request is not { } request)
            {
                Send(now);
                return;
            }

            _request = null;
            Tier.Leave(request, _use, now);
            TryAgain(null, now);
        }

        private void TryAgain(in Answer? answer, long now)
        {
            ForeignRules rules = _caller._rules;
            if (_attempts == rules.MaximumAttempts || !rules.MayRetry(answer))
            {
                End(isGood: false, now);
                return;
            }

            TimeSpan wait = rules.WaitAfter(answer, _attempts, _caller._random.NextUniform());
            _timer.Change(wait > Network.Settled ? wait : Network.Settled, Timeout.InfiniteTimeSpan);
        }

        private void End(bool isGood, long now)
        {
            _timer.Dispose();
            _ended(isGood, now);
        }
    }
}
