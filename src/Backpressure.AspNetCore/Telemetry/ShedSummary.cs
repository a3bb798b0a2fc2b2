using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Tells operators that the server sheds: one warning when it begins and then at most one every ten seconds while it goes on, whatever the flood (C20).</summary>
internal sealed partial class ShedSummary
{
    private readonly ILogger<ShedSummary> _logger;
    private readonly BackpressureMonitor _monitor;
    private readonly SustainedShedding _sustained;
    private readonly LogThrottle _throttle = new();
    private long _arrivalsBefore; // written only by whoever the throttle lets through
    private long _shedBefore; // likewise

    public ShedSummary(ILogger<ShedSummary> logger, BackpressureMonitor monitor, SustainedShedding sustained)
    {
        _logger = logger;
        _sustained = sustained;
        _monitor = monitor;
    }

    /// <summary>A request was shed.</summary>
    public void Note(TimeSpan now)
    {
        _sustained.Note(now);
        if (_throttle.IsDue(now))
        {
            Report();
        }
    }

    private void Report() // apart, because what its lambdas capture is allocated where the method begins
    {
        BackpressureSnapshot snapshot = _monitor.GetSnapshot();
        long arrivals = snapshot.Policies.Sum(policy => policy.Arrivals);
        long shed = snapshot.Policies.Sum(policy => policy.Shed);
        string reasons = string.Join(", ", Enum.GetValues<ShedReason>()
            .Select(reason => (Reason: reason, Count: snapshot.Policies.Sum(policy => policy.ShedByReason[reason])))
            .Where(row => row.Count > 0)
            .Select(row => $"{row.Reason} {row.Count}"));
        Log.Shedding(_logger, shed - _shedBefore, arrivals - _arrivalsBefore, snapshot.Active, snapshot.Limit, snapshot.Policies.Sum(policy => policy.Queued), reasons);
        _arrivalsBefore = arrivals;
        _shedBefore = shed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Shedding: {Shed} of the {Arrivals} requests since the last report were refused; {Active} of {Limit} permits in use, {Queued} waiting. Refused since start: {Reasons}.",
            EventName = "Shedding")]
        public static partial void Shedding(ILogger logger, long shed, long arrivals, int active, int limit, int queued, string reasons);
    }
}
