namespace Backpressure.Http;

/// <summary>Names the meter of the client, for <c>AddMeter</c>.</summary>
public static class BackpressureHttpMeter
{
    /// <summary>The meter's name: <c>Backpressure.Http</c>.</summary>
    public const string Name = "Backpressure.Http";
}
