using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>What became of the requests of a simulation.</summary>
internal sealed class SimulationResult(IReadOnlyList<SimulatedRequest> requests, TimeSpan lasted)
{
    public IReadOnlyList<SimulatedRequest> Requests => requests;

    /// <summary>The requests that were admitted; all of them were answered.</summary>
    public IEnumerable<SimulatedRequest> Answered => requests.Where(request => request.Outcome == Outcome.Granted);

    public TimeSpan LongestWait => requests.Max(request => request.TimeInQueue);

    /// <summary>The requests per second that were answered so soon after they came, as long as requests came.</summary>
    public double Goodput(TimeSpan within) => Answered.Count(request => request.ResponseTime <= within && request.EndsAt <= lasted) / lasted.TotalSeconds;

    /// <summary>The time from arrival to answer that so many of a hundred answered requests did not exceed.</summary>
    public TimeSpan Percentile(int percent)
    {
        TimeSpan[] times = [.. Answered.Select(request => request.ResponseTime).Order()];
        return times[(times.Length * percent / 100) - (percent == 100 ? 1 : 0)];
    }

    public int Shed(ShedReason reason) => requests.Count(request => request.Outcome == Outcome.Shed && request.Reason == reason);
}
