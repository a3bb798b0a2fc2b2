using System.Diagnostics.Metrics;
using Backpressure.AspNetCore.Admission;
using Backpressure.Http.Protocol;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>The instruments of the server. Levels are read when someone scrapes; a request pays for counters and histograms only while someone listens.</summary>
internal sealed class BackpressureMetrics : IDisposable
{
    public const string ResultTag = "backpressure.result";
    public const string PolicyTag = "backpressure.policy";
    public const string DecisionTag = "backpressure.retry.decision";
    public const string TicketTag = "backpressure.retry.ticket";
    public const string PhaseTag = "backpressure.timeout.phase";
    public const string OutcomeTag = "backpressure.deadline.outcome";
    public const string ReasonTag = "backpressure.limit.reason";
    public const string StageTag = "backpressure.abort.stage";
    public const string HeaderTag = "backpressure.header";

    private static readonly InstrumentAdvice<double> WaitAdvice = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
    private static readonly InstrumentAdvice<double> DurationAdvice = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    private readonly Meter _meter;
    private readonly BackpressureMonitor _monitor;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _timeInQueue;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _timeouts;
    private readonly Counter<long> _deadlines;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _aborts;
    private readonly Counter<long> _junkHeaders;

    public BackpressureMetrics(IMeterFactory meters, BackpressureMonitor monitor, AbandonedRequests abandoned)
    {
        _monitor = monitor;
        _meter = meters.Create(BackpressureMeter.Name); // no version: it would become a label of every series and re-key them with each release
        _requests = _meter.CreateCounter<long>("backpressure.requests", "{request}", "Requests by what the gate decided, counted when it decides.");
        _timeInQueue = _meter.CreateHistogram("backpressure.request.time_in_queue", "s", "Time that requests spent waiting for a permit, of all that had to wait.", null, WaitAdvice);
        _duration = _meter.CreateHistogram("backpressure.request.duration", "s", "Time from arrival to the end of the handler, queue included, of admitted requests.", null, DurationAdvice);
        _timeouts = _meter.CreateCounter<long>("backpressure.request.timeouts", "{request}", "Requests whose time was over, by where that struck them.");
        _deadlines = _meter.CreateCounter<long>("backpressure.deadlines", "{request}", "Admitted requests with a deadline, by whether their handler ended before it.");
        _retries = _meter.CreateCounter<long>("backpressure.retry_budget.retries", "{request}", "Requests that say they are retries, by whether the server let them in.");
        _aborts = _meter.CreateCounter<long>("backpressure.request.aborts", "{request}", "Requests cut off because no answer came to their client in time, by how it was told.");
        _junkHeaders = _meter.CreateCounter<long>("backpressure.request.junk_headers", "{header}", "Headers of callers that break their grammar and count as absent, by their name.");
        _meter.CreateObservableUpDownCounter("backpressure.abandoned_requests", () => Levels(policy => abandoned.Of(policy.Name)), "{request}", "Requests whose handler has not ended long after its deadline; they hold permits.");
        _meter.CreateObservableUpDownCounter("backpressure.active_requests", () => Levels(policy => policy.InUse), "{request}", "Requests that hold a permit, each as often as it costs permits.");
        _meter.CreateObservableUpDownCounter("backpressure.queued_requests", () => Levels(policy => policy.Queued), "{request}", "Requests that wait for a permit.");
        _meter.CreateObservableGauge("backpressure.concurrency.limit", () => Levels(policy => policy.Cap), "{permit}", "How many permits there are; a request takes one, or as many as its cost: the policy 'default' shows the limit of the whole server.");
        _meter.CreateObservableCounter("backpressure.concurrency.limit.adjustments", ReadAdjustments, "{adjustment}", "Moves of an adaptive limit, by why it was moved.");
        _meter.CreateObservableCounter("backpressure.retry.tickets", ReadTickets, "{ticket}", "Refusals, by whether they said that a retry is welcome.");
        _meter.CreateObservableGauge("backpressure.queue.limit", () => Levels(policy => policy.QueueCapacity), "{request}", "How many requests may wait.");
    }

    /// <summary>Makes every series exist at zero, so that a rate over the first event is right; called once the meter's listeners are there.</summary>
    public void PreTouch()
    {
        foreach (string policy in _monitor.ReadPolicies().Select(reading => reading.Name))
        {
            foreach (string result in ResultText.All)
            {
                _requests.Add(0, new(ResultTag, result), new(PolicyTag, policy));
            }

            _timeouts.Add(0, new(PhaseTag, "queue"), new(PolicyTag, policy));
            _timeouts.Add(0, new(PhaseTag, "execution"), new(PolicyTag, policy));
            _deadlines.Add(0, new(OutcomeTag, "met"), new(PolicyTag, policy));
            _deadlines.Add(0, new(OutcomeTag, "missed"), new(PolicyTag, policy));
            foreach (string stage in AbortStage.All)
            {
                _aborts.Add(0, new(StageTag, stage), new(PolicyTag, policy));
            }

            foreach (string header in RequestFieldNames.All)
            {
                _junkHeaders.Add(0, new(HeaderTag, header), new(PolicyTag, policy));
            }

            _retries.Add(0, new(DecisionTag, "accepted"), new(PolicyTag, policy));
            _retries.Add(0, new(DecisionTag, "rejected"), new(PolicyTag, policy));
        }
    }

    public void Admitted(string policy, TimeSpan timeInQueue, bool isRetry) => Decided(ResultText.Admitted, policy, timeInQueue, isRetry, true);

    public void Shed(string policy, ShedReason reason, TimeSpan timeInQueue, bool isRetry)
    {
        Decided(ResultText.Of(reason), policy, timeInQueue, isRetry, false);
        if (reason is ShedReason.QueueTimeout or ShedReason.DeadlineInfeasible)
        {
            _timeouts.Add(1, new(PhaseTag, "queue"), new(PolicyTag, policy));
        }
    }

    public void Cancelled(string policy, TimeSpan timeInQueue) => Decided(ResultText.Cancelled, policy, timeInQueue, false, false);

    /// <summary>An admitted request's handler ended.</summary>
    /// <param name="policy">Who governed it.</param>
    /// <param name="duration">From arrival to the end of the handler.</param>
    /// <param name="deadlineMet">Whether that was in time; <see langword="null"/> without a deadline.</param>
    public void Ended(string policy, TimeSpan duration, bool? deadlineMet)
    {
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(PolicyTag, policy));
        if (deadlineMet is bool met)
        {
            _deadlines.Add(1, new(OutcomeTag, met ? "met" : "missed"), new(PolicyTag, policy));
            if (!met)
            {
                _timeouts.Add(1, new(PhaseTag, "execution"), new(PolicyTag, policy));
            }
        }
    }

    /// <summary>The client of an abandoned request was told by the end of its stream or connection.</summary>
    public void Aborted(string policy, string stage) => _aborts.Add(1, new(StageTag, stage), new(PolicyTag, policy));

    /// <summary>A request came with headers that break their grammar.</summary>
    public void JunkHeaders(string policy, RequestFields junk)
    {
        if (!_junkHeaders.Enabled)
        {
            return;
        }

        for (int left = (int)junk; left != 0; left &= left - 1) // one bit after the other
        {
            _junkHeaders.Add(1, new(HeaderTag, RequestFieldNames.NameOf((RequestFields)left)), new(PolicyTag, policy));
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Decided(string result, string policy, TimeSpan timeInQueue, bool isRetry, bool admitted)
    {
        if (_requests.Enabled)
        {
            _requests.Add(1, new(ResultTag, result), new(PolicyTag, policy));
        }

        if (timeInQueue > TimeSpan.Zero)
        {
            _timeInQueue.Record(timeInQueue.TotalSeconds, new(ResultTag, result), new(PolicyTag, policy));
        }

        if (isRetry)
        {
            _retries.Add(1, new(DecisionTag, admitted ? "accepted" : "rejected"), new(PolicyTag, policy));
        }
    }

    private IEnumerable<Measurement<long>> ReadAdjustments() =>
        _monitor.ReadAdjustments().Select(moved => new Measurement<long>(moved.Count, new(ReasonTag, LimitReasonText.Of(moved.Reason)), new(PolicyTag, moved.Policy)));

    private IEnumerable<Measurement<long>> ReadTickets()
    {
        foreach (PolicyReading policy in _monitor.ReadPolicies())
        {
            yield return new Measurement<long>(policy.TicketsGranted, new(TicketTag, "granted"), new(PolicyTag, policy.Name));
            yield return new Measurement<long>(policy.TicketsDenied, new(TicketTag, "denied"), new(PolicyTag, policy.Name));
        }
    }

    private List<Measurement<int>> Levels(Func<PolicyReading, int?> level)
    {
        List<Measurement<int>> levels = [];
        foreach (PolicyReading policy in _monitor.ReadPolicies())
        {
            if (level(policy) is int value)
            {
                levels.Add(new Measurement<int>(value, new KeyValuePair<string, object?>(PolicyTag, policy.Name)));
            }
        }

        return levels;
    }
}
