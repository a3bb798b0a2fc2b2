using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

/// <summary>A server without chance: so many requests are done per second as its curve says for those that run, evenly, and more come than can run.</summary>
internal sealed class FloodedServer
{
    private double _now;
    private double _flooded; // since when
    private int _inFlight;
    private double _failing; // of the next that ends, by the share of those before

    public FloodedServer(AdaptiveLimit limit, Func<double, double> throughput)
    {
        Limit = limit;
        Throughput = throughput;
        _inFlight = limit.Current;
    }

    public AdaptiveLimit Limit { get; }

    /// <summary>Completions per second by how many run.</summary>
    public Func<double, double> Throughput { get; set; }

    /// <summary>How many may come per second; all that run are busy where more come than are done.</summary>
    public double Offered { get; set; } = double.MaxValue;

    /// <summary>After how many seconds a caller leaves.</summary>
    public double Patience { get; set; } = double.MaxValue;

    public bool Sheds { get; set; } = true;

    /// <summary>The share that fails by how many run.</summary>
    public Func<double, double> Failures { get; set; } = _ => 0;

    public double Now => _now;

    /// <summary>How many ended.</summary>
    public int Ended { get; private set; }

    /// <summary>Each limit that there was, and why.</summary>
    public List<(double At, int Limit, LimitReason Reason)> Moves { get; } = [];

    /// <summary>A server with so many workers, each of which needs so many seconds for a request.</summary>
    public static Func<double, double> Workers(double count, double seconds) => inFlight => Math.Min(inFlight, count) / seconds;

    public void Run(double seconds)
    {
        double end = _now + seconds;
        while (_now < end)
        {
            double running = Math.Min(_inFlight, DemandFor(_inFlight));
            double rate = Throughput(running);
            _now += 1 / rate;
            double took = Math.Min(running / rate, _now - _flooded);
            _inFlight--;
            Ended++;
            bool isHeld = _inFlight + 1 <= running;
            if (isHeld)
            {
                Limit.Hold(isShed: Sheds);
                Limit.Press(TimeSpan.FromSeconds(_now), Limit.Current, mayWait: !Sheds);
            }

            int before = Limit.Current;
            _failing += Failures(running);
            bool fails = _failing >= 1;
            _failing -= fails ? 1 : 0;
            Limit.Complete(TimeSpan.FromSeconds(_now), TimeSpan.FromSeconds(took), (int)running - 1, fails ? Ending.Failed : took <= Patience ? Ending.Served : Ending.Left);
            if (Limit.Current != before)
            {
                Moves.Add((_now, Limit.Current, Limit.Reason));
            }

            _inFlight = Math.Max(_inFlight, Limit.Current);
        }
    }

    /// <summary>Runs until the limit looks down.</summary>
    /// <returns>The limit before.</returns>
    public int RunToDip()
    {
        int before = 0;
        for (int step = 0; step < 10_000 && (Limit.Current >= before || Limit.Reason != LimitReason.ProbeDown); step++)
        {
            before = Limit.Current;
            Run(0.001);
        }

        return before;
    }

    /// <summary>Nobody comes for so many seconds. The limit is not told that nothing runs: whoever ended last could not tell.</summary>
    public void Pause(double seconds)
    {
        _now += seconds;
        _flooded = _now;
    }

    /// <summary>How many run if no more come than are offered.</summary>
    private double DemandFor(int limit) => Throughput(limit) <= Offered ? limit : Enumerable.Range(1, limit).First(running => Throughput(running) >= Offered);
}
