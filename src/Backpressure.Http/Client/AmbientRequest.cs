namespace Backpressure.Http.Client;

/// <summary>Carries the request that a server is serving to the calls that are made in its course, along the flow of execution.</summary>
internal static class AmbientRequest
{
    private static readonly AsyncLocal<IAmbientRequest?> Local = new();

    /// <summary>The request; <see langword="null"/> outside of any, and where the host has no client with our handlers. It also flows into work that outlives the request.</summary>
    public static IAmbientRequest? Current
    {
        get => Local.Value;
        set => Local.Value = value;
    }
}
