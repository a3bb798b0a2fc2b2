namespace Backpressure.Simulation.Engine;

/// <summary>Those who sent requests to a server, as the server sees them.</summary>
internal interface ISenders
{
    /// <summary>The work of an attempt is done, or it ended in an error.</summary>
    void Ended(Request request, long now);

    /// <summary>An attempt was refused.</summary>
    void Refused(Request request, long now);

    /// <summary>Nobody knows an attempt any more.</summary>
    void Forget(Request request);
}
