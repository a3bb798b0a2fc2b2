namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Sees a good while of a clock's time pass, so that a test can tell that something else did not happen in it.</summary>
internal static class Witness
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    public static async Task SeesTimePass(TimeProvider time)
    {
        var beats = new Firings();
        await using ITimer timer = time.CreateTimer(beats.Callback, null, Beat, Beat);
        await RealTime.Within(beats.Reach(10));
    }
}
