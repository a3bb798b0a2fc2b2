namespace Backpressure.Http.Protocol;

/// <summary>
/// Finds the <c>reason</c> member of the <c>Backpressure</c> response header. The whole field is read by the grammar of RFC 9651,
/// so that a <c>reason=</c> inside a quoted string is not mistaken for one; a malformed field is no field.
/// </summary>
internal static class BackpressureHeader
{
    public static bool TryGetReason(ReadOnlySpan<char> value, out ReadOnlySpan<char> reason)
    {
        ReadOnlySpan<char> found = default;
        var members = new DictionaryReader(value);
        while (members.TryRead(out ReadOnlySpan<char> key, out ReadOnlySpan<char> member))
        {
            if (key is "reason")
            {
                found = DictionaryReader.IsToken(member) ? member : default; // the last of several counts
            }
        }

        reason = members.IsMalformed ? default : found;
        return !reason.IsEmpty;
    }
}
