namespace Backpressure.Simulation.Model;

internal enum StationKind
{
    /// <summary>All jobs share the servers evenly, none gets more than one: processors.</summary>
    ProcessorSharing,

    /// <summary>Each server works on one job at a time, in the order in which they came: a pool of connections, a disk.</summary>
    FirstComeFirstServed,

    /// <summary>Every job has a server of its own: a wait for somebody far away.</summary>
    Delay,

    /// <summary>Threads that a request needs before it can ask the gate.</summary>
    ThreadPool,

    /// <summary>Another server that is called by the rules of a client; storms have it, scenario files do not.</summary>
    Call,
}
