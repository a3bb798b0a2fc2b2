namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Kratos (aegis), BBR limiter: no limit until the processors are busy, then what the best rate and the best time of the last ten seconds say the server can hold.</summary>
/// <remarks>Processor share in ‰, whole: cpu = ⌊0.95·cpu + 0.05·sample⌋ each 500 ms; busy from 800 on (cut to whole ‰, a steady share under 81.9 % never gets there).
/// A request is dropped when more than one and more than <see cref="PassWindow"/> says are in flight:
/// so one more than that can run, and two at least. Below 800 it still drops within a second of the first drop of the episode
/// (its source keeps the time of the first, not of the last).
/// How a request ended has no effect there: callers who left and failures count as passed. It has no initial limit; the largest that the gate takes stands for none.</remarks>
internal sealed class KratosBbrLimit : IAlgorithm
{
    private const int None = 1_000_000;
    private const int Busy = 800;
    private const double Decay = 0.95;
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DropMemory = TimeSpan.FromSeconds(1);

    private readonly PassWindow _window = new();
    private int _cpu;
    private TimeSpan? _firstDrop;

    /// <summary>Starts without a limit.</summary>
    /// <param name="initial">Has no effect.</param>
    public KratosBbrLimit(int initial) => _ = initial;

    public int Limit { get; private set; } = None;

    public TimeSpan WakeAt { get; private set; } = ReadingInterval;

    public void Complete(in Completion completion)
    {
        _window.Add(completion.Now, completion.Took);
        Judge(completion.Now);
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
        if (_cpu >= Busy && inFlight > 1 && inFlight > _window.InFlight(now))
        {
            _firstDrop ??= now;
        }

        Judge(now);
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        int sample = (int)(1000 * Math.Clamp(reading.ProcessorShare, 0, 1));
        _cpu = (int)((_cpu * Decay) + (sample * (1 - Decay)));
        WakeAt = now + ReadingInterval;
        Judge(now);
    }

    private void Judge(TimeSpan now)
    {
        if (_cpu < Busy && now - _firstDrop > DropMemory)
        {
            _firstDrop = null;
        }

        Limit = _cpu >= Busy || _firstDrop is not null ? Math.Clamp(_window.InFlight(now), 1, None - 1) + 1 : None;
    }
}
