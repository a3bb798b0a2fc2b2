using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class EnduringAlarmTests : IDisposable
{
    private readonly BrokenAlarm _sound = new(onArm: false, onWait: false);

    public void Dispose() => _sound.Dispose();

    [Fact]
    public void A_sound_alarm_is_left_alone()
    {
        using EnduringAlarm alarm = Over(_sound);

        alarm.Arm(7);
        alarm.Wait();

        Assert.Equal("broken", alarm.Name);
        Assert.Equal(7, _sound.Armed);
        Assert.False(alarm.FellBack.IsCompleted);
    }

    [Fact] // T9
    public void An_alarm_that_cannot_be_armed_is_built_anew_and_armed()
    {
        var broken = new BrokenAlarm(onArm: true, onWait: false);
        using EnduringAlarm alarm = Over(broken, _sound);

        alarm.Arm(7);

        Assert.True(broken.IsDisposed);
        Assert.Equal(7, _sound.Armed);
        Assert.False(alarm.FellBack.IsCompleted);
    }

    [Fact] // T9
    public void An_alarm_that_cannot_wait_is_built_anew_and_armed()
    {
        var broken = new BrokenAlarm(onArm: false, onWait: true);
        using EnduringAlarm alarm = Over(broken, _sound);
        alarm.Arm(7);

        alarm.Wait();

        Assert.True(broken.IsDisposed);
        Assert.Equal(7, _sound.Armed);
        Assert.False(alarm.FellBack.IsCompleted);
    }

    [Fact] // T9
    public async Task The_second_failure_brings_the_fallback()
    {
        using EnduringAlarm alarm = Over(new BrokenAlarm(onArm: false, onWait: true), new BrokenAlarm(onArm: false, onWait: true));

        alarm.Wait();
        alarm.Wait();

        Assert.Equal("thread", alarm.Name);
        Assert.Equal("EIO", await alarm.FellBack);
    }

    [Fact] // T9
    public async Task Where_the_new_alarm_cannot_be_armed_either_the_fallback_is()
    {
        using EnduringAlarm alarm = Over(new BrokenAlarm(onArm: true, onWait: false), new BrokenAlarm(onArm: true, onWait: false));

        alarm.Arm(7);
        alarm.Wait(); // blocks for ever unless the fallback was armed with what is long past

        Assert.Equal("thread", alarm.Name);
        Assert.Equal("EBADF", await alarm.FellBack);
    }

    [Fact] // T9
    public async Task Where_no_new_alarm_can_be_built_the_fallback_acts()
    {
        using EnduringAlarm alarm = Over(new BrokenAlarm(onArm: true, onWait: false));

        alarm.Arm(7);

        Assert.Equal("thread", alarm.Name);
        Assert.Equal("EMFILE", await alarm.FellBack);
    }

    private static EnduringAlarm Over(params BrokenAlarm[] alarms)
    {
        var left = new Queue<BrokenAlarm>(alarms);
        return new EnduringAlarm(() => left.TryDequeue(out BrokenAlarm? next) ? next : throw new SyscallException("timerfd_create", 24), TimeProvider.System);
    }
}
