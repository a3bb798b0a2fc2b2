namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is asked at the very moment when a deadline is up.</summary>
internal interface IExpiryWitness
{
    /// <summary>Whether the deadline may still strike. Called on any thread, at the latest when the request ends; it must not throw.</summary>
    bool MayExpire();
}
