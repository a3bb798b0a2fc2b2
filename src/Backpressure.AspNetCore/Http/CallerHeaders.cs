using Backpressure.Http;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Backpressure.AspNetCore.Http;

/// <summary>Reads what a caller says of its request. Whatever arrives can only lower the caller's own standing; junk counts as absent (H5, H6).</summary>
internal static class CallerHeaders
{
    /// <summary>How many tries came before this one; 0 when the caller says nothing that makes sense.</summary>
    public static int Attempt(IHeaderDictionary headers)
    {
        StringValues values = headers[BackpressureHeaders.RetryAttempt];
        return values.Count == 1 && AttemptHeader.TryParse(values[0], out int attempt) ? attempt : 0;
    }

    /// <summary>The smallest of the server's own timeout and what the caller and the proxies in front of it ask for, never below <paramref name="minimum"/> unless one says that its time is over.</summary>
    public static TimeSpan Shorten(TimeSpan own, TimeSpan minimum, IHeaderDictionary headers, HeaderOptions options)
    {
        TimeSpan asked = TimeSpan.MaxValue;
        if (TimeoutHeader.TryParse(Single(headers[BackpressureHeaders.RequestTimeoutMs]), out TimeSpan stated))
        {
            asked = stated;
        }

        if (options.ReadGrpc && GrpcTimeoutHeader.TryParse(Single(headers.GrpcTimeout), out TimeSpan ofGrpc) && ofGrpc < asked)
        {
            asked = ofGrpc;
        }

        if (options.ReadEnvoy && EnvoyTimeoutHeader.TryParse(Single(headers[EnvoyTimeoutHeader.Name]), out TimeSpan ofEnvoy) && ofEnvoy < asked)
        {
            asked = ofEnvoy;
        }

        if (asked > TimeSpan.Zero && asked < minimum)
        {
            asked = minimum;
        }

        bool isShorter = own == Timeout.InfiniteTimeSpan ? asked < TimeSpan.MaxValue : asked < own;
        return isShorter ? asked : own;
    }

    /// <summary>The lower of the server's own criticality and the caller's: whoever asks may stand back, and nobody may push forward (H3).</summary>
    public static Criticality Lower(Criticality own, IHeaderDictionary headers)
    {
        StringValues values = headers[BackpressureHeaders.RequestCriticality];
        return values.Count == 1 && CriticalityHeader.TryParse(values[0], out int asked) && asked < (int)own ? (Criticality)asked : own;
    }

    /// <summary>The value of a field that has exactly one line; a comma within it is junk to whoever reads a scalar.</summary>
    private static string? Single(StringValues values) => values.Count == 1 ? values[0] : null;
}
