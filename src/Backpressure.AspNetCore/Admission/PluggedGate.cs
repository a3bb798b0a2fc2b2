using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Counts what a limiter of the application decides, so that its policy is seen as any other. The limiter itself is asked by whoever can wait for it.</summary>
internal sealed class PluggedGate
{
    private readonly object _lock = new();
    private readonly string _name;
    private readonly Tally _tally = new(); // guarded by _lock
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
            _tally.Arrivals++;
            _tally.Admitted++;
            _inUse++;
        }
    }

    public void Refuse(ShedReason reason, TimeSpan now)
    {
        lock (_lock)
        {
            _tally.Arrivals++;
            _tally.CountShed(reason, now);
        }
    }

    public void BeginWait()
    {
        lock (_lock)
        {
            _tally.Arrivals++;
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
                    _tally.Admitted++;
                    _inUse++;
                    break;
                case Outcome.Cancelled:
                    _tally.Cancelled++;
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
            return _queued > 0 || (_tally.LastShedAt is { } shedAt && now - shedAt < Admission.Pressure.SheddingLasts) ? 1 : 0;
        }
    }

    public PolicyReading Read()
    {
        lock (_lock)
        {
            return new PolicyReading(_name, null, _inUse, _queued, _queued, null, _tally.Arrivals, _tally.Admitted, _tally.Cancelled, _tally.CopyShed(), _tally.LastShedAt);
        }
    }
}
