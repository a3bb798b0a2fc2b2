using System.Buffers;

namespace Backpressure.Http.Protocol;

/// <summary>Reads the number of the try out of <c>amz-sdk-request</c>, such as <c>ttl=20260101T120000Z; attempt=2; max=3</c>, which the SDKs of AWS send. Its <c>ttl</c> is a wall clock's time and not read.</summary>
internal static class AmzSdkRequestHeader
{
    private const int MaximumLength = 256;

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+");

    /// <summary>Pairs of key and value between semicolons, with blanks around these allowed; exactly one of the keys is <c>attempt</c>, which begins at 1.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out int attempt)
    {
        attempt = 0;
        bool isStated = false;
        if (value.Length > MaximumLength)
        {
            return false;
        }

        foreach (Range range in value.Split(';'))
        {
            ReadOnlySpan<char> pair = value[range].Trim(" \t");
            int equals = pair.IndexOf('=');
            if (equals <= 0 || equals == pair.Length - 1 || pair[..equals].ContainsAnyExcept(KeyCharacters) || pair[(equals + 1)..].ContainsAnyExcept(ValueCharacters))
            {
                attempt = 0;
                return false;
            }

            if (pair[..equals] is "attempt" && (isStated || !(isStated = AttemptHeader.TryParseOrdinal(pair[(equals + 1)..], out attempt))))
            {
                attempt = 0;
                return false;
            }
        }

        return isStated;
    }
}
