using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Counts what a limiter of the application decides, so that its policy is seen as any other. The limiter itself is asked by whoever can wait for it.</summary>
internal sealed class PluggedGate
{
    private readonly object _lock = new();
    private readonly string _name;
    private readonly Tally _tally = new();
    private long _admitted; // guarded by _lock
    private int _inUse; // guarded by _lock
    private int _queued; // guarded by _lock

    public PluggedGate(string name, RateLimiter limiter, RetryAllowance retries)
    {
        _name = name;
        Limiter = limiter;
        Retries = retries;
    }

    public RateLimiter Limiter { get; }

    public RetryAllowance Retries { get; }

    public void Admit()
    {
        lock (_lock)
        {
            _admitted++;
            _inUse++;
        }
    }

    public void Refuse(ShedReason reason, TimeSpan now) => _tally.CountShed(reason, now);

    public void BeginWait()
    {
        lock (_lock)
        {
            _queued++;
        }
    }

    public void EndWait(Outcome outcome, ShedReason reason, TimeSpan now)
    {
        lock (_lock)
        {
            _queued--;
            switch (outcome)
            {
                case Outcome.Granted:
                    _admitted++;
                    _inUse++;
                    break;
                case Outcome.Cancelled:
                    _tally.CountCancelled();
                    break;
                default:
                    _tally.CountShed(reason, now);
                    break;
            }
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inUse--;
        }
    }

    /// <summary>1 while the limiter refuses or lets requests wait, else 0: a limiter does not tell how full it is.</summary>
    public double Pressure(TimeSpan now)
    {
        lock (_lock)
        {
            return _queued > 0 || _tally.Spell.IsFresh(now) ? 1 : 0;
        }
    }

    /// <summary>Since when it has been refusing without a pause.</summary>
    public SheddingSpell Spell => _tally.Spell;

    public PolicyReading Read()
    {
        lock (_lock)
        {
            return new PolicyReading(_name, null, _inUse, _queued, _queued, null, _admitted, _tally.Cancelled, _tally.CopyShed(), _tally.Spell.LastAt)
            { TicketsGranted = Retries.Tickets.Granted, TicketsDenied = Retries.Tickets.Denied };
        }
    }
}
