using Backpressure.AspNetCore.Timeouts;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>How late timers strike while handlers or callbacks block threads, beside a bare timerfd thread in the same run: by 20 ms at most, and by more only where that one waits for a processor, too.</summary>
[Collection(TimingSensitive.Name)]
public sealed class TimerStarvationTests(ITestOutputHelper output) : IDisposable
{
    private const int Thousand = 1000;
    private const int Others = 200;
    private const double GapMs = 0.25; // a thousand take half a second
    private const int Rounds = 3;
    private const int Tries = 3;
    private const double MostMs = 20;
    private const double Room = 3; // for ours, of the time that the bare thread waits for a processor: the timers' thread waits for one, again when the pool has not begun, and then whoever runs the callback
    private const double MostBareMs = 10; // a machine that is as late as that measures nothing

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);

    private readonly TimerFdTimeProvider _time = new();
    private readonly List<IDisposable> _armed = [];

    public void Dispose()
    {
        _armed.ForEach(static one => one.Dispose());
        _time.Dispose();
    }

    [LinuxFact] // T1, R13
    public Task While_the_whole_pool_is_blocked_a_thousand_timers_strike_within_20_ms() => AssertStrikeInTimeAsync(ArmTimer, Thousand, static () => new StarvedPool());

    [LinuxFact] // T1, R13
    public Task While_the_whole_pool_is_blocked_a_thousand_deadlines_are_cancelled_within_20_ms() => AssertStrikeInTimeAsync(ArmDeadline, Thousand, static () => new StarvedPool());

    [LinuxFact] // the control
    public void The_timers_of_the_system_do_not_strike_before_the_pool_is_free()
    {
        using ManualResetEventSlim struck = new();
        using (new StarvedPool())
        {
            using BareTimerFd bare = new();
            long due = _time.GetTimestamp() + Timestamps.After(0, Soon, _time.TimestampFrequency);
            _armed.Add(TimeProvider.System.CreateTimer(_ => struck.Set(), null, Soon, Timeout.InfiniteTimeSpan));
            bare.WaitFor(due + Timestamps.After(0, TimeSpan.FromMilliseconds(10 * MostMs), _time.TimestampFrequency));

            Assert.False(struck.IsSet);
        }

        Assert.True(struck.Wait(RealTime.Patience));
    }

    [LinuxFact] // T2
    public Task A_callback_that_blocks_delays_no_other_by_more_than_20_ms() => AssertBlockedDelaysNoneAsync();

    [LinuxFact] // T2, R13: it blocks one of the threads that take over what the pool does not begin
    public Task While_the_whole_pool_is_blocked_a_callback_that_blocks_too_delays_no_other_by_more_than_20_ms() => AssertBlockedDelaysNoneAsync(static () => new StarvedPool());

    private async Task AssertBlockedDelaysNoneAsync(Func<IDisposable>? strain = null)
    {
        using BlockedCallback slow = new();
        ITimer? blocked = null;
        try
        {
            await AssertStrikeInTimeAsync(
                (due, struck) =>
                {
                    blocked ??= _time.CreateTimer(slow.Callback, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                    ArmTimer(due, struck);
                },
                Others,
                strain);
            Assert.True(slow.Begun.IsCompleted && !slow.HasEnded);
        }
        finally
        {
            slow.Release();
            await RealTime.Within(blocked?.DisposeAsync().AsTask() ?? Task.CompletedTask);
        }
    }

    private async Task AssertStrikeInTimeAsync(Action<long, Action> arm, int strikes, Func<IDisposable>? strain)
    {
        await LatenessRound.RunAsync(arm, seed: 0, strikes: 50, GapMs, strain); // everything is compiled, and the threads are there
        (double OursMs, double BareMs) late = (0, double.MaxValue);
        for (int i = 0; i < Tries && late.BareMs > MostBareMs; i++)
        {
            late = await MeasureAsync(arm, firstSeed: 1 + (i * Rounds), strikes, strain);
        }

        Assert.True(late.BareMs <= MostBareMs, $"Invalid: a bare thread was late by {late.BareMs} ms, {Tries} times. The machine is too busy to measure anything.");
        Assert.InRange(late.OursMs, 0, MostMs + (Room * late.BareMs));
    }

    /// <summary>The medians of the rounds' 99th percentiles, so that a hiccup of the machine does not count.</summary>
    private async Task<(double OursMs, double BareMs)> MeasureAsync(Action<long, Action> arm, int firstSeed, int strikes, Func<IDisposable>? strain)
    {
        List<LatenessRound> rounds = [];
        for (int seed = firstSeed; seed < firstSeed + Rounds; seed++)
        {
            LatenessRound round = await LatenessRound.RunAsync(arm, seed, strikes, GapMs, strain);
            output.WriteLine($"seed {seed}: earliest {round.EarliestMs:F3} ms, p99 {round.OursP99Ms:F3} ms, of the bare thread {round.BareP99Ms:F3} ms");
            Assert.True(round.EarliestMs >= 0, $"Early by {-round.EarliestMs} ms.");
            rounds.Add(round);
        }

        return (Median(rounds.Select(static round => round.OursP99Ms)), Median(rounds.Select(static round => round.BareP99Ms)));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private void ArmTimer(long due, Action struck) => _armed.Add(_time.CreateTimer(
        static struck => ((Action)struck!)(), struck, Timestamps.Between(_time.GetTimestamp(), due, _time.TimestampFrequency), Timeout.InfiniteTimeSpan));

    private void ArmDeadline(long due, Action struck)
    {
        RequestDeadline deadline = Deadlines.Begun(_time, CancellationToken.None);
        deadline.Token.Register(struck);
        deadline.ArmAt(due);
        _armed.Add(deadline);
    }
}
