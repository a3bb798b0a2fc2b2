namespace Backpressure.Http.Protocol;

/// <summary>
/// Gathers what the <c>Backpressure</c> response header says. It is read by the whole grammar of RFC 9651, so that a <c>reason=</c> inside a quoted string is not mistaken for one.
/// A malformed line spoils the field; a member of the wrong type is no member, and of several with one key the last counts.
/// </summary>
internal ref struct BackpressureHeader
{
    private ReadOnlySpan<char> _reason;
    private double? _retryRatio;

    /// <summary>Why the request was refused, a token; empty where it is not said.</summary>
    public readonly ReadOnlySpan<char> Reason => IsMalformed ? default : _reason;

    /// <summary>The share of retries that the server accepts now, from 0 to 1; <see langword="null"/> where it is not said.</summary>
    public readonly double? RetryRatio => IsMalformed ? null : _retryRatio;

    public bool IsMalformed { get; private set; }

    /// <summary>Takes one of the field's lines. A member does not go on in the next line.</summary>
    public void Read(ReadOnlySpan<char> line)
    {
        var members = new DictionaryReader(line);
        while (members.TryRead(out ReadOnlySpan<char> key, out ReadOnlySpan<char> value))
        {
            switch (key)
            {
                case "reason":
                    _reason = BareItem.IsToken(value) ? value : default;
                    break;
                case "retry":
                    _retryRatio = RatioOf(value);
                    break;
            }
        }

        IsMalformed |= members.IsMalformed;
    }

    private static double? RatioOf(ReadOnlySpan<char> value) =>
        StructuredNumber.Measure(value, out long thousandths, out _) > 0 && thousandths is >= 0 and <= StructuredNumber.Scale ? thousandths / (double)StructuredNumber.Scale : null;
}
