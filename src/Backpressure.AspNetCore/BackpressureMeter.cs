namespace Backpressure.AspNetCore;

/// <summary>Names the meter of the server, for <c>AddMeter(BackpressureMeter.Name)</c>.</summary>
public static class BackpressureMeter
{
    /// <summary>The name of the meter that carries every <c>backpressure.*</c> instrument of the server.</summary>
    public const string Name = "Backpressure.AspNetCore";
}
