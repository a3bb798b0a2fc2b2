namespace Backpressure.AspNetCore.Admission;

/// <summary>What the gate decided about a request.</summary>
internal enum Outcome
{
    /// <summary>It was not put to the gate yet.</summary>
    Undecided,

    /// <summary>It is in the queue.</summary>
    Waiting,

    /// <summary>It holds its permits.</summary>
    Granted,

    /// <summary>Its caller left while it waited.</summary>
    Cancelled,

    /// <summary>It was refused; the waiter's reason says why.</summary>
    Shed,
}
