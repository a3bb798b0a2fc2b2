namespace Backpressure.AspNetCore;

/// <summary>Says whether the package acts, only watches, or stands aside.</summary>
public enum BackpressureMode
{
    /// <summary>Requests are limited, queued, shed and timed out. The default.</summary>
    Enforce,

    /// <summary>Nothing is refused; metrics show what would have been. Not available in this version: start fails with an error that says so.</summary>
    DryRun,

    /// <summary>Requests pass untouched and are not counted.</summary>
    Off,
}
