using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Telemetry;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>The beat of the pool's probe is also what tells the limit of strain.</summary>
public sealed class PoolGuardTests : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly StrainFixture _files = new();
    private TimeSpan _paused;
    private int _asked;

    [Fact]
    public void A_limit_that_is_steered_hears_of_strain_each_second_and_shows_it()
    {
        AdmissionGate gate = new(20, steer: LimitPilotFactory.For(LimitAlgorithm.Adaptive, 20, 1, 1000));
        gate.AddPolicy("default", new PolicySettings());
        BackpressureMonitor monitor = new(BackpressureMode.Enforce, gate, [], new Dictionary<string, LimitPilot> { ["default"] = gate.Pilot! }, () => TimeSpan.Zero);
        PoolGuard guard = Guard(gate);
        Run(guard, from: 0, beats: 100);
        Assert.Equal(0, Shown());

        _paused = TimeSpan.FromMilliseconds(500);
        Run(guard, from: 100, beats: 1);
        Assert.Equal(0.5, Shown(), 9);

        Run(guard, from: 101, beats: 100);
        Assert.Equal(0, Shown());
        Assert.Equal(3, _asked);

        double Shown() => monitor.GetSnapshot().Policies[0].Adaptive!.Strain;
    }

    [Fact]
    public void For_a_limit_that_is_fixed_nothing_is_read()
    {
        Run(Guard(new AdmissionGate(20)), from: 0, beats: 300);

        Assert.Equal(0, _asked);
    }

    [Fact] // a reading of the processors must be at hand when the first one finds the limit full
    public void While_nothing_was_measured_each_beat_reads_the_processors()
    {
        int read = 0;
        AdmissionGate gate = new(20, steer: steered => new LimitPilot(new AdaptiveLimit(20, 1, 1000), steered, new ProcessorMeter(() => TimeSpan.FromTicks(read++), processors: 2)));

        Run(Guard(gate), from: 0, beats: 50);

        Assert.Equal(50, read);
    }

    [Fact]
    public void A_strained_limit_is_nearer_to_the_number_that_keeps_the_service_busy()
    {
        AdmissionGate strained = Flooded(gain: 0.2);
        AdmissionGate free = Flooded(gain: 1);

        Assert.InRange(Settled(strained), 40, Settled(free) - 4);
    }

    public void Dispose() => _files.Dispose();

    private static AdmissionGate Flooded(double gain)
    {
        AdmissionGate gate = new(100, steer: LimitPilotFactory.For(LimitAlgorithm.Adaptive, 100, 1, 1000));
        gate.Pilot!.NoteStrain(gain);
        SteeredService service = new(gate, gate.AddPolicy("default", new PolicySettings { QueueCapacity = 10 }), workers: 40, TimeSpan.FromMilliseconds(20));
        service.Run(TimeSpan.FromSeconds(60), perSecond: 4000);
        return gate;
    }

    private static double Settled(AdmissionGate gate) => gate.Pilot!.Read().Steps.Where(step => step.Reason == LimitReason.Knee).Average(step => step.To);

    private static void Run(PoolGuard guard, int from, int beats)
    {
        for (int beat = from; beat < from + beats; beat++)
        {
            guard.Note(beat * Beat, TimeSpan.Zero);
        }
    }

    private PoolGuard Guard(AdmissionGate gate) => new(gate, new StrainMeter(_files.Proc, _files.Cgroups, () =>
    {
        _asked++;
        return _paused;
    }), caps: []);
}
