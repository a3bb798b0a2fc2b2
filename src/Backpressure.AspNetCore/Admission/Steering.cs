using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Tells those who steer the limits that a policy's requests run under: the limit of the whole server, and the policy's own cap. Nobody steers a limit that is fixed.</summary>
internal sealed class Steering
{
    private readonly PolicyGate _policy;

    public Steering(PolicyGate policy, LimitPilot? server)
    {
        _policy = policy;
        Server = server;
    }

    /// <summary>Steers the limit of the whole server.</summary>
    public LimitPilot? Server { get; }

    /// <summary>Steers the cap of the policy; set while the gate is being built.</summary>
    public LimitPilot? Cap { get; set; }

    /// <summary>How many times the number that keeps the service busy may run; 1 where nobody knows.</summary>
    public double Slack => (Cap ?? Server)?.Slack ?? 1;

    /// <summary>A request could not run at once, or will not run at all. May be called under the gate's lock.</summary>
    public void NoteHeld(int cost, bool isShed)
    {
        Server?.NoteHeld(cost, isShed);
        Cap?.NoteHeld(cost, isShed);
    }

    /// <summary>A request came. To be called without the gate's lock.</summary>
    public void NoteEntry(Outcome outcome, int cost, TimeSpan now, ref WaiterChain decided)
    {
        if (outcome == Outcome.Waiting)
        {
            NoteHeld(cost, isShed: false);
        }

        if (outcome != Outcome.Granted)
        {
            Grow(cost, outcome == Outcome.Waiting, now, ref decided);
        }
    }

    /// <summary>A request finds no room: makes some where nothing was measured yet and nothing says stop. To be called without the gate's lock.</summary>
    /// <returns>Whether there is more room than before.</returns>
    public bool Grow(int cost, bool mayWait, TimeSpan now, ref WaiterChain decided)
    {
        bool server = Server?.Grow(cost, mayWait, now, ref decided) == true;
        bool cap = Cap?.Grow(cost, mayWait, now, ref decided) == true;
        return server || cap;
    }

    /// <summary>The work that permits were granted for is done: gives them back.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="permits">How many.</param>
    /// <param name="took">From the grant to now.</param>
    /// <param name="ending">How it ended.</param>
    /// <param name="now">The time.</param>
    /// <param name="decided">Gets the waiters that this decided.</param>
    public void Release(AdmissionGate gate, int permits, TimeSpan took, Ending ending, TimeSpan now, ref WaiterChain decided)
    {
        if (ending == Ending.Served && took > TimeSpan.Zero)
        {
            _policy.NoteService(took);
        }

        int server = Server?.InUse ?? 0; // before anybody is granted what it leaves
        int cap = Cap?.InUse ?? 0;
        if (gate.Return(_policy, permits))
        {
            gate.Pump(now, ref decided);
        }

        Server?.NoteEnd(took, permits, ending, server, now, ref decided);
        Cap?.NoteEnd(took, permits, ending, cap, now, ref decided);
    }
}
