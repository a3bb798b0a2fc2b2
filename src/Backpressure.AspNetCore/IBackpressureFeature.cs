namespace Backpressure.AspNetCore;

/// <summary>What the handler of an admitted request may ask about its own admission: <c>HttpContext.Features.Get&lt;IBackpressureFeature&gt;()</c>.</summary>
/// <remarks>Like the <c>HttpContext</c> itself it belongs to the request until the response is complete, and to another one afterwards: copy what you need longer.</remarks>
public interface IBackpressureFeature
{
    /// <summary>The name of the policy that admitted it; <c>default</c> for the default policy.</summary>
    string Policy { get; }

    /// <summary>How much the request matters, as its endpoint says, or less where its caller says so; or as its caller says, if that is trusted (<see cref="HeaderOptions"/>).</summary>
    Criticality Criticality { get; }

    /// <summary>How many tries of this call came before, as the caller says: 0 for the first, at most 100.</summary>
    int Attempt { get; }

    /// <summary>How long it waited for its permit.</summary>
    TimeSpan TimeInQueue { get; }

    /// <summary>The time left until its deadline, never negative; <see langword="null"/> without a deadline.</summary>
    TimeSpan? Remaining { get; }

    /// <summary>How hard the server is pressed now, from 0 (room to spare) to 1 (shedding): a hint to serve something cheaper.</summary>
    double Pressure { get; }

    /// <summary>Whether it would have been refused had the mode not been <see cref="BackpressureMode.DryRun"/>. In this version always <see langword="false"/>.</summary>
    bool WouldShed { get; }
}
