using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Requests that end while the algorithm is busy with another one, and are told of with the next.</summary>
public sealed class LimitPilotUntoldTests : IDisposable
{
    private const int Limit = 8;
    private const int Untold = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _isBusy = new();
    private readonly ManualResetEventSlim _goOn = new();
    private TimeSpan _now;

    [Theory] // many answers in a row that nobody heard halve a limit, and one that many heard does not
    [InlineData(true, false, 0)]
    [InlineData(false, true, 1)]
    public void Each_counts_as_what_it_was_and_not_as_the_one_that_it_is_told_with(bool areServed, bool isLastServed, int futile)
    {
        AdmissionGate gate = new(Limit, honoursAge: true, steered => new LimitPilot(new AdaptiveLimit(Limit, 1, 1000), steered, new ProcessorMeter(Block, processors: 2)));
        LimitPilot pilot = gate.Pilot!;
        WaiterChain none = default;
        gate.Enter(new TestWaiter(gate.AddPolicy("default", new PolicySettings())) { Cost = Limit }, TimeSpan.Zero, ref none);
        End(pilot, isServed: true); // begins a window
        pilot.NoteHeld(cost: 1, isShed: true);
        End(pilot, isServed: true);
        Thread busy = new(() =>
        {
            WaiterChain decided = default;
            pilot.Grow(cost: 1, mayWait: true, _now, ref decided);
        });
        busy.Start();
        Assert.True(_isBusy.Wait(Patience), "The algorithm was never busy.");

        for (int i = 0; i < Untold; i++)
        {
            End(pilot, areServed);
        }

        Assert.Equal(Untold, pilot.Untold);
        _goOn.Set();
        Assert.True(busy.Join(Patience));
        End(pilot, isLastServed);

        Assert.Equal(0, pilot.Untold);
        Assert.Equal(futile, pilot.Read().Adjustments[(int)LimitReason.Futile]);
        Assert.Equal(futile == 0 ? Limit : Limit / 2, gate.Limit);
    }

    public void Dispose()
    {
        _isBusy.Dispose();
        _goOn.Dispose();
    }

    private TimeSpan Block()
    {
        _isBusy.Set();
        _goOn.Wait(Patience);
        return TimeSpan.Zero;
    }

    private void End(LimitPilot pilot, bool isServed)
    {
        WaiterChain none = default;
        _now += TimeSpan.FromMilliseconds(1);
        pilot.NoteEnd(TimeSpan.FromMilliseconds(10), 1, isServed ? Ending.Served : Ending.Left, Limit, _now, ref none);
    }
}
