using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class ProcessorQuotaTests : IDisposable
{
    private readonly StrainFixture _files = new();

    [Theory]
    [InlineData("150000 100000", 1.5, 100)]
    [InlineData("50000 100000\n", 0.5, 100)]
    [InlineData("20000 10000", 2, 10)]
    public void A_container_may_use_parts_of_a_processor(string text, double processors, double periodMs)
    {
        _files.Write("proc/self/cgroup", "0::/\n");
        _files.Write("cgroup/cpu.max", text);

        Assert.Equal(new ProcessorQuota(processors, TimeSpan.FromMilliseconds(periodMs)), Read());
    }

    [Theory]
    [InlineData("max 100000\n")]
    [InlineData("max")]
    [InlineData("-1 100000")]
    [InlineData("0 100000")]
    [InlineData("100000 0")]
    [InlineData("")]
    [InlineData("junk junk")]
    public void What_bounds_nothing_is_no_quota(string text)
    {
        _files.Write("cgroup/cpu.max", text);

        Assert.Null(Read());
    }

    [Fact]
    public void Nor_is_what_is_not_there() => Assert.Null(Read());

    [Fact]
    public void The_lowest_counts_of_all_that_are_above_the_process()
    {
        _files.Write("proc/self/cgroup", "0::/pod/web\n");
        _files.Write("cgroup/pod/web/cpu.max", "max 100000");
        _files.Write("cgroup/pod/cpu.max", "75000 50000");
        _files.Write("cgroup/cpu.max", "400000 100000");

        Assert.Equal(new ProcessorQuota(1.5, TimeSpan.FromMilliseconds(50)), Read());
    }

    [Theory]
    [InlineData("7:cpu:/web\n0::/\n", "cgroup/cpu/web/")]
    [InlineData("4:cpu,cpuacct:/web\n", "cgroup/cpu,cpuacct/web/")]
    [InlineData("4:cpu,cpuacct:/docker/0123\n", "cgroup/cpu,cpuacct/")] // the path is the host's, of which the container sees its own part
    public void Version_1_keeps_quota_and_period_apart(string groups, string directory)
    {
        _files.Write("proc/self/cgroup", groups);
        _files.Write(directory + "cpu.cfs_quota_us", "50000\n");
        _files.Write(directory + "cpu.cfs_period_us", "100000\n");

        Assert.Equal(0.5, Read()!.Processors);
    }

    [Fact]
    public void Version_1_says_minus_one_for_none()
    {
        _files.Write("proc/self/cgroup", "7:cpu:/\n");
        _files.Write("cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        _files.Write("cgroup/cpu/cpu.cfs_period_us", "100000\n");

        Assert.Null(Read());
    }

    public void Dispose() => _files.Dispose();

    private ProcessorQuota? Read() => ProcessorQuota.Read(new ControlGroups(_files.Proc, _files.Cgroups));
}
