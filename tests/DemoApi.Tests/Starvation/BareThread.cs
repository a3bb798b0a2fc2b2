namespace DemoApi.Tests.Starvation;

/// <summary>A thread that does nothing but wait for one instant after the other: where it is late, so are the clients in its process, whatever their server does.</summary>
internal sealed class BareThread
{
    private readonly Thread _thread;
    private TimeSpan _lateness; // read when the thread has ended

    private BareThread(TimeSpan[] instants) => _thread = new Thread(() => WaitFor(instants)) { IsBackground = true };

    /// <summary>By how much it missed an instant at worst. Blocks until the last one is over.</summary>
    public TimeSpan Lateness
    {
        get
        {
            _thread.Join();
            return _lateness;
        }
    }

    /// <param name="instants">From now, in their order.</param>
    public static BareThread WaitingFor(params TimeSpan[] instants)
    {
        BareThread bare = new(instants);
        bare._thread.Start();
        return bare;
    }

    private void WaitFor(TimeSpan[] instants)
    {
        using ManualResetEventSlim never = new();
        long start = TimeProvider.System.GetTimestamp();
        foreach (TimeSpan instant in instants)
        {
            for (TimeSpan left = LeftUntil(); left > TimeSpan.Zero; left = LeftUntil())
            {
                never.Wait(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds))); // it looks at whole ones
            }

            _lateness = TimeSpan.FromTicks(Math.Max(_lateness.Ticks, -LeftUntil().Ticks));

            TimeSpan LeftUntil() => instant - TimeProvider.System.GetElapsedTime(start);
        }
    }
}
