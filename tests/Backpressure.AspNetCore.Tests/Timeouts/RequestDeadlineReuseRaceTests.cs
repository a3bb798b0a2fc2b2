using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Late rings against requests that follow each other at once, on the real clock.</summary>
[Collection(RealTime.Name)]
public sealed class RequestDeadlineReuseRaceTests : IDisposable
{
    private const int Requests = 1_000_000;

    private readonly TimerFdTimeProvider _time = new();
    private readonly int[] _cancelled = new int[Requests]; // how often each request's own callback ran; Interlocked only
    private int _cancels; // Interlocked only

    public void Dispose() => _time.Dispose();

    [Fact] // T5
    public async Task Of_a_million_requests_each_hears_of_its_own_deadline_and_of_no_other()
    {
        bool[] expired = new bool[Requests];
        int reused = 0;
        RequestDeadline deadline = new(_time);
        for (int i = 0; i < Requests; i++)
        {
            if (deadline.IsReusable)
            {
                reused++;
            }
            else
            {
                deadline.Dispose();
                deadline = new RequestDeadline(_time);
            }

            Serve(deadline, i);
            expired[i] = deadline.HasExpired;
        }

        deadline.Dispose();
        int strikes = expired.Count(static one => one);
        await Eventually.HoldsAsync(() => Volatile.Read(ref _cancels) >= strikes);
        await Witness.SeesTimePass(_time);

        Assert.Equal(expired.Select(static one => one ? 1 : 0), _cancelled);
        Assert.DoesNotContain(true, expired.Where(static (_, i) => !IsBrief(i)));
        Assert.NotEqual(0, strikes); // else the race was never run
        Assert.True(reused > Requests / 2);
    }

    private static bool IsBrief(int request) => request % 2 == 0;

    private void Serve(RequestDeadline deadline, int request)
    {
        deadline.Begin(CancellationToken.None);
        deadline.Token.UnsafeRegister(Note, request);
        if (IsBrief(request))
        {
            deadline.Arm(TimeSpan.FromTicks(1 + (request % 300)));
            Thread.SpinWait(request % 301);
        }
        else
        {
            deadline.Arm(TimeSpan.FromMinutes(1)); // what rings now was meant for the one before
        }

        deadline.End();
    }

    private void Note(object? request)
    {
        Interlocked.Increment(ref _cancelled[(int)request!]);
        Interlocked.Increment(ref _cancels);
    }
}
