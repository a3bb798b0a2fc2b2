using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class QueuedRequestTests
{
    private readonly AdmissionGate _gate = new(1);
    private readonly PolicyGate _policy;
    private readonly FakeTimeProvider _time = new();

    public QueuedRequestTests() => _policy = _gate.AddPolicy("default", new PolicySettings { MaximumWait = TimeSpan.FromSeconds(1) });

    [Fact]
    public async Task A_clock_that_fails_costs_neither_a_place_nor_a_permit()
    {
        QueuedRequest holder = Entered(_time, Outcome.Granted);
        QueuedRequest request = Entered(new BrokenClock(), Outcome.Waiting);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.WaitAsync(CancellationToken.None));

        Assert.Equal(0, _gate.Read().Policies[0].Queued);
        holder.Leave(Ending.Served, TimeSpan.Zero);
        PolicyReading reading = _gate.Read().Policies[0];
        Assert.Equal((0, 2L, 1L, 1L), (reading.InUse, reading.Arrivals, reading.Admitted, reading.Cancelled));
        Assert.False(request.IsReusable);
    }

    [Fact] // a middleware outside that does not wait for us lets the server end the request meanwhile
    public async Task A_context_that_is_gone_costs_neither_a_place_nor_a_permit()
    {
        QueuedRequest holder = Entered(_time, Outcome.Granted);
        QueuedRequest request = Entered(_time, Outcome.Waiting);
        DefaultHttpContext gone = new();
        gone.Features.Set<IHttpRequestLifetimeFeature>(new GoneLifetime());

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await request.WaitAsync(gone));

        Assert.Equal(0, _gate.Read().Policies[0].Queued);
        holder.Leave(Ending.Served, TimeSpan.Zero);
        PolicyReading reading = _gate.Read().Policies[0];
        Assert.Equal((0, 2L, 1L, 1L), (reading.InUse, reading.Arrivals, reading.Admitted, reading.Cancelled));
        Assert.False(request.IsReusable);
    }

    [Fact]
    public async Task A_place_serves_one_request_after_the_other()
    {
        QueuedRequest place = new(_gate, new TimeoutClock(_time)) { Policy = _policy };
        for (int round = 0; round < 3; round++)
        {
            QueuedRequest holder = Entered(_time, Outcome.Granted);
            Assert.Equal(Outcome.Waiting, place.Enter(TimeSpan.Zero));
            ValueTask<Outcome> wait = place.WaitAsync(CancellationToken.None);
            Assert.False(wait.IsCompleted);

            holder.Leave(Ending.Served, TimeSpan.Zero);

            Assert.Equal(Outcome.Granted, await wait);
            Assert.True(place.IsReusable);
            place.Leave(Ending.Served, TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task A_wait_that_ends_by_time_does_not_shorten_the_next_one_of_the_same_place()
    {
        TimeoutClock clock = new(_time);
        QueuedRequest holder = Entered(_time, Outcome.Granted);
        QueuedRequest place = new(_gate, clock) { Policy = _policy };
        Assert.Equal(Outcome.Waiting, place.Enter(clock.Now));
        ValueTask<Outcome> first = place.WaitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((Outcome.Shed, ShedReason.QueueTimeout), (await first, place.Reason));

        Assert.Equal(Outcome.Waiting, place.Enter(clock.Now));
        ValueTask<Outcome> second = place.WaitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        holder.Leave(Ending.Served, clock.Now);

        Assert.Equal(Outcome.Granted, await second);
    }

    [Fact] // T5
    public async Task A_place_whose_caller_left_is_not_used_anew()
    {
        using CancellationTokenSource caller = new();
        Entered(_time, Outcome.Granted);
        QueuedRequest place = Entered(_time, Outcome.Waiting);
        ValueTask<Outcome> wait = place.WaitAsync(caller.Token);

        await caller.CancelAsync();

        Assert.Equal(Outcome.Cancelled, await wait);
        Assert.False(place.IsReusable, "The callback of the caller's token may still be under way.");
    }

    [Fact]
    public async Task Whoever_is_granted_before_it_begins_to_wait_does_not_wait()
    {
        QueuedRequest holder = Entered(_time, Outcome.Granted);
        QueuedRequest place = Entered(_time, Outcome.Waiting);
        holder.Leave(Ending.Served, TimeSpan.Zero);

        ValueTask<Outcome> wait = place.WaitAsync(CancellationToken.None);

        Assert.True(wait.IsCompleted);
        Assert.Equal(Outcome.Granted, await wait);
    }

    [Fact] // T5
    public void A_late_ring_for_an_earlier_wait_does_not_lengthen_the_present_one()
    {
        RecordingClock time = new();
        TimeoutClock clock = new(time);
        QueuedRequest holder = Entered(time, Outcome.Granted);
        QueuedRequest place = new(_gate, clock) { Policy = _policy };
        Assert.Equal(Outcome.Waiting, place.Enter(clock.Now));
        Task<Outcome> first = place.WaitAsync(CancellationToken.None).AsTask();
        bool isOver = false;
        Task<Outcome>? second = null;
        time.OnChange = () =>
        {
            time.OnChange = null;
            holder.Leave(Ending.Served, clock.Now); // while the ring is about to set the timer for the rest of the second that it read
            isOver = first.Wait(TimeSpan.FromSeconds(30));
            place.Deadline = clock.Now + TimeSpan.FromMilliseconds(200);
            Assert.Equal(Outcome.Granted, place.Outcome);
            place.Leave(Ending.Served, clock.Now);
            Entered(time, Outcome.Granted);
            Assert.Equal(Outcome.Waiting, place.Enter(clock.Now));
            second = place.WaitAsync(CancellationToken.None).AsTask();
        };

        time.Ring!();

        Assert.True(isOver);
        Assert.False(second!.IsCompleted);
        Assert.Equal(TimeSpan.FromMilliseconds(200), time.Due);
    }

    [Fact] // T5: a clock that counts whole milliseconds and rounds down
    public void A_timer_that_rings_early_is_set_for_no_less_than_a_millisecond()
    {
        RecordingClock time = new();
        QueuedRequest holder = Entered(time, Outcome.Granted);
        QueuedRequest place = Entered(time, Outcome.Waiting);
        Task<Outcome> wait = place.WaitAsync(CancellationToken.None).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(1), time.Due);

        time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        time.Ring!();

        Assert.Equal(TimeSpan.FromMilliseconds(1), time.Due);
        Assert.False(wait.IsCompleted);
        holder.Leave(Ending.Served, TimeSpan.Zero);
    }

    private QueuedRequest Entered(TimeProvider time, Outcome expected)
    {
        QueuedRequest request = new(_gate, new TimeoutClock(time)) { Policy = _policy };
        Assert.Equal(expected, request.Enter(TimeSpan.Zero));
        return request;
    }

    private sealed class BrokenClock : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("no timers left");
    }

    /// <summary>Has one timer that never rings by itself, and tells what it was set to last.</summary>
    private sealed class RecordingClock : FakeTimeProvider
    {
        public Action? Ring { get; private set; }

        public Action? OnChange { get; set; }

        public TimeSpan Due { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Ring = () => callback(state);
            return new Recorder(this);
        }

        private sealed class Recorder(RecordingClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.OnChange?.Invoke();
                clock.Due = dueTime;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    private sealed class GoneLifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted
        {
            get => throw new ObjectDisposedException(nameof(HttpContext));
            set { }
        }

        public void Abort()
        {
        }
    }
}
