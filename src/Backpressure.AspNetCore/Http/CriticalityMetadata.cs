namespace Backpressure.AspNetCore.Http;

/// <summary>What an endpoint says of how much its requests matter.</summary>
internal sealed class CriticalityMetadata
{
    public CriticalityMetadata(Criticality criticality)
    {
        if (!Enum.IsDefined(criticality))
        {
            throw new ArgumentOutOfRangeException(nameof(criticality), criticality, "Use Sheddable, Normal or Critical.");
        }

        Criticality = criticality;
    }

    public Criticality Criticality { get; }
}
