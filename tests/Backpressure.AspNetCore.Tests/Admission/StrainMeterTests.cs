using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class StrainMeterTests : IDisposable
{
    private const string Own = "cgroup/app/web/";

    private readonly StrainFixture _files = new();
    private TimeSpan _paused;
    private int _asked;

    [Fact]
    public void The_first_reading_has_nothing_to_compare_with() => Assert.Null(Meter().Read(TimeSpan.Zero));

    [Fact]
    public void The_share_of_the_collector_is_what_it_paused_of_the_time_since_the_last_reading()
    {
        StrainMeter meter = Begun();
        _paused += TimeSpan.FromMilliseconds(300);
        Assert.Equal(new Strain(0.2, 0, 0, 0), meter.Read(TimeSpan.FromSeconds(1.5)));

        Assert.Equal(default(Strain), meter.Read(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void It_is_read_once_a_second()
    {
        StrainMeter meter = Begun();
        for (int beat = 1; beat <= 300; beat++)
        {
            meter.Read(beat * TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(1 + 3, _asked);
    }

    [Fact]
    public void The_quota_is_read_from_the_own_cgroup()
    {
        Cgroup("0::/app/web\n");
        Throttled(Own, 5_000_000);
        Throttled("cgroup/", 0);
        StrainMeter meter = Begun();
        Throttled(Own, 5_500_000);

        Assert.Equal(new Strain(0, 0.25, 0, 0), meter.Read(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Version_1_of_control_groups_counts_nanoseconds()
    {
        Cgroup("7:cpu:/web\n0::/\n");
        _files.Write("cgroup/cpu/web/cpu.stat", "nr_periods 20\nnr_throttled 10\nthrottled_time 1000000000\n");
        StrainMeter meter = Begun();
        _files.Write("cgroup/cpu/web/cpu.stat", "nr_periods 40\nnr_throttled 20\nthrottled_time 1500000000\n");

        Assert.Equal(new Strain(0, 0.25, 0, 0), meter.Read(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Pressure_is_read_from_the_own_cgroup_and_else_from_the_whole_system()
    {
        Cgroup("12:cpu:/old\n0::/app/web\n");
        Pressure(Own + "cpu.pressure", some: 90, full: 12.5);
        Pressure("proc/pressure/cpu", some: 1, full: 2);
        Pressure("proc/pressure/memory", some: 25, full: 3);

        Assert.Equal(new Strain(0, 0, 0.125, 0.25), Begun().Read(TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("0::/\n")] // a namespace of its own
    [InlineData("0::/docker/abc\n")] // only its part of the tree is mounted
    [InlineData("0::/../other\n")] // moved out of its namespace
    [InlineData("0::\n")]
    [InlineData("4:memory:/x\n")]
    [InlineData("")]
    public void A_cgroup_that_cannot_be_seen_is_taken_for_the_root(string list)
    {
        Cgroup(list);
        Pressure("other/memory.pressure", some: 99, full: 99);
        Pressure("cgroup/memory.pressure", some: 50, full: 0);

        Assert.Equal(new Strain(0, 0, 0, 0.5), Begun().Read(TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("full")]
    [InlineData("full avg10=")]
    [InlineData("full avg10=many avg60=0.00")]
    [InlineData("full avg10=NaN")]
    [InlineData("full avg10=Infinity")]
    [InlineData("full avg10=-3")]
    [InlineData("not full avg10=90.00\n\n\n")]
    public void Odd_content_is_as_good_as_no_file(string content)
    {
        _files.Write("cgroup/cpu.pressure", content);
        Pressure("proc/pressure/cpu", some: 0, full: 40);

        Assert.Equal(new Strain(0, 0, 0.4, 0), Begun().Read(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Only_the_beginning_of_a_file_is_read()
    {
        _files.Write("cgroup/memory.pressure", string.Concat(Enumerable.Repeat("other avg10=1.00\n", 100_000)) + "some avg10=90.00\n");

        Assert.Equal(default(Strain), Begun().Read(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_directory_a_vanished_file_and_no_file_are_no_strain_and_no_exception()
    {
        Directory.CreateDirectory(Path.Combine(_files.Cgroups, "memory.pressure"));
        Pressure("cgroup/cpu.pressure", some: 0, full: 20);
        Throttled("cgroup/", 7);
        StrainMeter meter = Begun();
        Directory.Delete(_files.Cgroups, recursive: true);

        Assert.Equal(default(Strain), meter.Read(TimeSpan.FromSeconds(1)));
        Assert.Equal(default(Strain), meter.Read(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void The_files_of_this_system_can_be_read_or_are_not_there()
    {
        StrainMeter meter = new();
        meter.Read(TimeSpan.Zero);

        Strain strain = meter.Read(TimeSpan.FromSeconds(1))!.Value;

        Assert.All([strain.Collecting, strain.Throttled, strain.Crowded, strain.Reclaiming], share => Assert.InRange(share, 0, double.MaxValue));
        Assert.InRange(strain.Gain, 0.05, 1);
    }

    public void Dispose() => _files.Dispose();

    private StrainMeter Meter() => new(_files.Proc, _files.Cgroups, () =>
    {
        _asked++;
        return _paused;
    });

    private StrainMeter Begun()
    {
        StrainMeter meter = Meter();
        meter.Read(TimeSpan.Zero);
        return meter;
    }

    private void Cgroup(string list) => _files.Write("proc/self/cgroup", list);

    private void Throttled(string directory, long microseconds) =>
        _files.Write(directory + "cpu.stat", $"usage_usec 81234567\nuser_usec 80000000\nsystem_usec 1234567\nnr_periods 900\nnr_throttled 40\nthrottled_usec {microseconds}\nnr_bursts 0\n");

    private void Pressure(string path, double some, double full) =>
        _files.Write(path, FormattableString.Invariant($"some avg10={some:F2} avg60=3.00 avg300=4.00 total=12345\nfull avg10={full:F2} avg60=5.00 avg300=6.00 total=2345\n"));
}
