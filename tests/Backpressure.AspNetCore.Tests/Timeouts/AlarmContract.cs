using Backpressure.AspNetCore.Timeouts;
using CsCheck;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is what a loop relies on, whatever does the waking.</summary>
public abstract class AlarmContract : IDisposable
{
    private readonly IAlarm _alarm;

    private protected AlarmContract(IAlarm alarm) => _alarm = alarm;

    public void Dispose()
    {
        _alarm.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact] // T6
    public async Task What_is_due_already_rings_at_once()
    {
        long now = TimeProvider.System.GetTimestamp();

        await Within(Task.Run(() => Gen.Long[-now, now].Sample(
            due =>
            {
                _alarm.Arm(due);
                _alarm.Wait();
            },
            iter: 1_000,
            threads: 1)));
    }

    [Fact]
    public void It_rings_at_the_due_time_without_many_wakes_before()
    {
        long due = Timestamps.After(TimeProvider.System.GetTimestamp(), TimeSpan.FromMilliseconds(30), TimeProvider.System.TimestampFrequency);
        _alarm.Arm(due);

        int wakes = 0;
        do
        {
            _alarm.Wait();
            wakes++;
        }
        while (TimeProvider.System.GetTimestamp() < due);

        Assert.InRange(wakes, 1, 3);
    }

    [Fact]
    public async Task It_keeps_ringing_until_it_is_armed()
    {
        _alarm.Arm(1);

        await Within(Task.Run(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                _alarm.Wait();
            }
        }));
    }

    [Fact] // T16
    public async Task Arming_from_outside_ends_a_wait()
    {
        await Within(Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                _alarm.Arm(Timestamps.Latest);
                var waiting = new Thread(_alarm.Wait);
                waiting.Start();

                _alarm.Arm(1);

                waiting.Join();
            }
        }));
    }

    [Theory] // T7
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(999_999_999)]
    [InlineData(1_000_000_000)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MaxValue)]
    public void Any_instant_can_be_armed(long due)
    {
        Assert.Null(Record.Exception(() => _alarm.Arm(due)));
    }
}
