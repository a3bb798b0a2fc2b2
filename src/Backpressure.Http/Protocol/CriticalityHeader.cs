namespace Backpressure.Http.Protocol;

/// <summary>Reads <c>Request-Criticality</c>: <c>sheddable</c>, <c>normal</c> or <c>critical</c>, and nothing else.</summary>
internal static class CriticalityHeader
{
    /// <summary>-1, 0 or 1, the lowest first; anything but exactly one of the three words is junk.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out int criticality)
    {
        (bool isKnown, criticality) = value switch
        {
            "sheddable" => (true, -1),
            "normal" => (true, 0),
            "critical" => (true, 1),
            _ => (false, 0),
        };
        return isKnown;
    }
}
