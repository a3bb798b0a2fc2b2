using DemoApi.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace DemoApi.Endpoints;

/// <summary>Reads the key from a request's target: everything behind <c>/kv/</c>, decoded once.</summary>
/// <remarks>The target as it came tells more than the path that routing sees: there <c>%2F</c> and <c>%252F</c> look alike.</remarks>
internal static class KeyPath
{
    private const string Input = "key";

    /// <summary>Where a key is served.</summary>
    public static string For(StorageKey key) => $"/kv/{Uri.EscapeDataString(key.ToString())}";

    /// <returns>The key; or the answer to a request whose target holds none.</returns>
    public static (StorageKey? Key, IResult? Refusal) Read(HttpContext context)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        ReadOnlySpan<char> path = Path(target);
        if (HasDotSegment(path))
        {
            return (null, Problems.BadInput(
                Input,
                "The key has a segment '.' or '..', which clients and servers take for a step in the path. Encode the slashes beside it as %2F."));
        }

        (byte[]? bytes, string? broken) = PercentText.Decode(Behind(path, 2), plusIsSpace: false);
        if (bytes is not null)
        {
            (StorageKey? key, broken) = StorageKey.From(bytes);
            if (key is not null)
            {
                return (key, null);
            }
        }

        return (null, Problems.BadInput(Input, $"The key {broken}"));
    }

    /// <summary>The path of the target, which may be a whole URL (RFC 9112, 3.2.2), without the query.</summary>
    private static ReadOnlySpan<char> Path(ReadOnlySpan<char> target)
    {
        int query = target.IndexOf('?');
        ReadOnlySpan<char> path = query < 0 ? target : target[..query];
        int authority = path.IndexOf("://", StringComparison.Ordinal);
        return path.StartsWith('/') || authority < 0 ? path : Behind(path[(authority + 2)..], 2, keepSlash: true);
    }

    /// <summary>What stands behind the n-th slash.</summary>
    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> path, int slashes, bool keepSlash = false)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '/' && --slashes == 0)
            {
                return path[(keepSlash ? i : i + 1)..];
            }
        }

        return [];
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (Range range in path.Split('/'))
        {
            if (PercentText.Decode(path[range], plusIsSpace: false).Bytes is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return true;
            }
        }

        return false;
    }
}
