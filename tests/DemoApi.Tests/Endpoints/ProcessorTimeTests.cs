using System.Diagnostics;
using DemoApi.Endpoints;

namespace DemoApi.Tests.Endpoints;

public sealed class ProcessorTimeTests
{
    private static readonly TimeSpan Asked = TimeSpan.FromMilliseconds(60);

    [Fact]
    public void It_takes_at_least_as_long_as_asked()
    {
        long start = Stopwatch.GetTimestamp();
        ProcessorTime.Use(Asked);

        Assert.True(Stopwatch.GetElapsedTime(start) >= Asked);
    }

    [Fact]
    public async Task Threads_that_share_a_core_each_use_what_they_were_asked_to()
    {
        const int Threads = 6;
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(() => ProcessorTime.Use(Asked), TaskCreationOptions.LongRunning)));

        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Assert.True(used >= Threads * Asked * 0.9, $"{used.TotalMilliseconds} ms of processor time for {Threads} times {Asked.TotalMilliseconds} ms"); // the two clocks tick differently
    }
}
