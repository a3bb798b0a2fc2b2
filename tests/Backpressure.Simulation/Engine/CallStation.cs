namespace Backpressure.Simulation.Engine;

/// <summary>A step that asks another server, with all that a client does about it. A request whose call fails ends in an error.</summary>
internal sealed class CallStation : Station
{
    private readonly ICaller _caller;

    public CallStation(Server server, ICaller caller)
        : base(server) => _caller = caller;

    public override void Enter(Request job, double demand, long now) => _caller.Call(
        job.Number,
        job,
        (isGood, at) =>
        {
            job.IsFailing = !isGood;
            Done(job, at);
        },
        now);

    public override void Fire(long now) => throw new InvalidOperationException("The clients fire for themselves.");
}
