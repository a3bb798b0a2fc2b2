using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

public class KratosBbrLimitTests
{
    private const int None = 1_000_000;

    private readonly KratosBbrLimit _limit = new(20);
    private readonly Traffic _traffic;

    public KratosBbrLimitTests() => _traffic = new Traffic(_limit);

    [Fact]
    public void There_is_no_limit_at_first_and_a_reading_each_half_second()
    {
        Assert.Equal(None, _limit.Limit);
        Assert.Equal(TimeSpan.FromSeconds(0.5), _limit.WakeAt);
        _traffic.Wake(1);
        Assert.Equal(TimeSpan.FromSeconds(1), _limit.WakeAt);
        _limit.Hold(_traffic.Now, inFlight: 100, isShed: true); // the queue's doing, as the processors are not busy
        Assert.Equal(None, _limit.Limit);
    }

    [Fact]
    public void Full_processors_are_busy_after_thirty_three_readings()
    {
        // ⌊0.95 · cpu + 50⌋: 50, 97, ⌊142.15⌋ = 142, ⌊184.9⌋ = 184, … 789, ⌊799.55⌋ = 799, ⌊809.05⌋ = 809
        for (int i = 0; i < 33; i++)
        {
            Assert.Equal(None, _limit.Limit);
            _traffic.Wake(1);
        }

        Assert.Equal(2, _limit.Limit);
    }

    [Fact]
    public void Processors_busy_by_81_percent_never_count_as_busy()
    {
        for (int i = 0; i < 1000; i++)
        {
            _traffic.Wake(0.81); // stays at ⌊0.95 · 791 + 40.5⌋ = ⌊791.95⌋ = 791
        }

        Assert.Equal(None, _limit.Limit);
    }

    [Fact]
    public void Busy_server_runs_one_more_than_its_best_seconds_say()
    {
        MakeBusy();
        for (int i = 0; i < 40; i++)
        {
            _traffic.End(25);
        }

        _traffic.Pass(TimeSpan.FromMilliseconds(100));
        _traffic.End(25);
        Assert.Equal(11, _limit.Limit); // 40 · 25 · 10 / 1000 = 10: dropped when 11 are in flight
    }

    [Theory]
    [InlineData(CompletionKind.Failed)]
    [InlineData(CompletionKind.Aborted)]
    internal void How_a_request_ended_has_no_effect(CompletionKind kind)
    {
        MakeBusy();
        for (int i = 0; i < 40; i++)
        {
            _traffic.End(25, kind: kind);
        }

        _traffic.Pass(TimeSpan.FromMilliseconds(100));
        _traffic.End(25);
        Assert.Equal(11, _limit.Limit);
    }

    [Fact]
    public void Limit_goes_as_soon_as_the_processors_are_idle_when_nothing_was_dropped()
    {
        MakeBusy();
        _limit.Hold(_traffic.Now, inFlight: 1, isShed: true); // one alone is never dropped

        _traffic.Wake(0);
        Assert.Equal(None, _limit.Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Limit_stays_for_a_second_after_the_first_drop(bool isShed)
    {
        MakeBusy();
        TimeSpan first = _traffic.Now;
        _limit.Hold(first, inFlight: 2, isShed);

        _traffic.Wake(0); // after 0.5 s: ⌊809 · 0.95⌋ = 768
        Assert.Equal(2, _limit.Limit);
        _limit.Hold(_traffic.Now, inFlight: 2, isShed); // not busy any more: no new episode
        _traffic.Wake(0); // after 1 s
        Assert.Equal(2, _limit.Limit);
        _traffic.Pass(TimeSpan.FromMilliseconds(1));
        _traffic.End(1);
        Assert.Equal(None, _limit.Limit);
    }

    [Fact]
    public void Later_drops_of_an_episode_do_not_make_it_longer()
    {
        MakeBusy();
        _limit.Hold(_traffic.Now, inFlight: 2, isShed: true);
        _traffic.Wake(1);
        _traffic.Wake(1);
        _traffic.Wake(1);
        _limit.Hold(_traffic.Now, inFlight: 2, isShed: true);

        for (int i = 0; i < 2; i++)
        {
            _traffic.Wake(0);
        }

        Assert.Equal(None, _limit.Limit); // 2.5 s after the first, 1 s after the last
    }

    [Fact]
    public void Limit_is_two_at_least_and_what_the_gate_takes_at_most()
    {
        MakeBusy();
        Assert.Equal(2, _limit.Limit);
        for (int i = 0; i < 10_000; i++)
        {
            _traffic.End(60_000);
        }

        _traffic.Pass(TimeSpan.FromMilliseconds(100));
        _traffic.End(60_000);
        Assert.Equal(None, _limit.Limit); // 10 000 · 60 000 · 10 / 1000 = 6 000 000
    }

    private void MakeBusy()
    {
        while (_limit.Limit == None)
        {
            _traffic.Wake(1);
        }
    }
}
