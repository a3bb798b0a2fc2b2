using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Win32.SafeHandles;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Plays other code of the process that closes a descriptor which is not its own.</summary>
[Collection(RealTime.Name)]
public sealed class TimerFdTheftTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<TimerFd> _alarms = new();
    private readonly TimerFdTimeProvider _time;

    public TimerFdTheftTests() => _time = new TimerFdTimeProvider(Create);

    public void Dispose() => _time.Dispose();

    [LinuxFact] // T9
    public async Task A_closed_descriptor_is_replaced_and_timers_fire_on()
    {
        Assert.Equal(0, Close(_alarms.Last().Descriptor));

        await Within(Task.Delay(Soon, _time));
        await Within(Task.Delay(Soon, _time));

        Assert.Equal("timerfd", _time.Scheduler);
        Assert.Equal(2, _alarms.Count);
    }

    [LinuxFact] // T9
    public async Task The_second_time_the_fallback_takes_over()
    {
        Assert.Equal(0, Close(_alarms.Last().Descriptor));
        await Within(Task.Delay(Soon, _time));
        Assert.Equal(0, Close(_alarms.Last().Descriptor));

        await Within(Task.Delay(Soon, _time));

        Assert.Equal("thread", _time.Scheduler);
        Assert.Equal("EBADF", await _time.FellBack);
        Assert.Equal(2, _alarms.Count);
        Assert.Equal(0, _time.Failures);
    }

    [LinuxFact] // T9
    public async Task A_strangers_file_under_the_old_number_is_neither_read_nor_closed()
    {
        int number = _alarms.Last().Descriptor;
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        Assert.Equal(number, Duplicate((int)pipe.ClientSafePipeHandle.DangerousGetHandle(), number));
        pipe.Write("a stranger's data"u8);

        await Within(Task.Delay(Soon, _time));
        _time.Dispose();

        using var file = new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Read);
        var data = new byte[17];
        file.ReadExactly(data);
        Assert.Equal("a stranger's data"u8, data);
    }

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Duplicate(int from, int to);

    private TimerFd Create()
    {
        var alarm = new TimerFd(TimeProvider.System, TimeSpan.FromMilliseconds(200));
        _alarms.Enqueue(alarm);
        return alarm;
    }
}
