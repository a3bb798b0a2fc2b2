namespace Backpressure.AspNetCore.Admission;

/// <summary>Turns load into a hint from 0 (room to spare) to 1 (nothing left).</summary>
internal static class Pressure
{
    /// <summary>Nothing up to a load of 0.8, then rising to 1 at the limit.</summary>
    /// <param name="load">Permits in use over the limit.</param>
    public static double Of(double load) => Math.Clamp((load * 5) - 4, 0, 1); // (load − 0.8) / 0.2 would stop a rounding error short of 1
}
