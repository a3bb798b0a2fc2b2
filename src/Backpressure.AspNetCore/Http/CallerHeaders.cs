using System.Numerics;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Backpressure.AspNetCore.Http;

/// <summary>Reads what a caller says of its request. What comes from a stranger can only lower its own standing; junk counts as absent (H5, H6).</summary>
internal static class CallerHeaders
{
    private const int Fewest = 16;
    private const int Most = 1024; // Kestrel lets 100 headers through unless told otherwise

    [ThreadStatic]
    private static KeyValuePair<string, StringValues>[]? Spare; // empty while it is here; the shared pool of arrays takes longer

    /// <summary>The headers that the options let the server read.</summary>
    public static RequestFields Understood(HeaderOptions options) => RequestFields.Own
        | (options.ReadGrpc ? RequestFields.Grpc : RequestFields.None)
        | (options.ReadEnvoy ? RequestFields.Envoy : RequestFields.None)
        | (options.ReadOthers ? RequestFields.Others : RequestFields.None);

    /// <summary>Reads all of them in one pass.</summary>
    public static RequestClaims Read(IHeaderDictionary headers, RequestFields understood)
    {
        RequestReader reader = new(understood);
        int count = headers.Count;
        KeyValuePair<string, StringValues>[] fields = Take(count); // an enumerator would be boxed
        headers.CopyTo(fields, 0);
        foreach (ref readonly KeyValuePair<string, StringValues> field in fields.AsSpan(0, count))
        {
            if (reader.Reads(field.Key))
            {
                StringValues lines = field.Value;
                reader.Read(field.Key, lines.Count, lines.Count == 1 ? lines[0] : default(ReadOnlySpan<char>));
            }
        }

        Array.Clear(fields, 0, count);
        Spare = fields.Length <= Most ? fields : null;
        return reader.Claims;
    }

    /// <summary>The smaller of the server's own timeout and what the caller and the proxies in front of it ask for, never below <paramref name="minimum"/> unless one says that its time is over.</summary>
    public static TimeSpan Shorten(TimeSpan own, TimeSpan minimum, RequestClaims claims)
    {
        if (claims.Timeout is not { } asked)
        {
            return own;
        }

        if (asked > TimeSpan.Zero && asked < minimum)
        {
            asked = minimum;
        }

        return own == Timeout.InfiniteTimeSpan || asked < own ? asked : own;
    }

    /// <summary>The lower of the server's own criticality and the caller's: whoever asks may stand back, and nobody who is not trusted may push forward (H3).</summary>
    public static Criticality Settle(Criticality own, RequestClaims claims, bool isTrusted) => claims.Criticality is { } asked && (isTrusted || asked < (int)own) ? (Criticality)asked : own;

    /// <summary>Takes the spare out while it is in use: the headers may be a stranger's, and what they throw leaves it behind.</summary>
    private static KeyValuePair<string, StringValues>[] Take(int count)
    {
        KeyValuePair<string, StringValues>[]? spare = Spare;
        Spare = null;
        return spare?.Length >= count ? spare : new KeyValuePair<string, StringValues>[Math.Max(Fewest, (int)BitOperations.RoundUpToPowerOf2((uint)count))];
    }
}
