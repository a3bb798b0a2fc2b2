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

    /// <summary>The smaller of the server's own timeout and the caller's, never below <paramref name="minimum"/> unless the caller says that its time is over.</summary>
    public static TimeSpan Shorten(TimeSpan own, TimeSpan minimum, IHeaderDictionary headers)
    {
        StringValues values = headers[BackpressureHeaders.RequestTimeoutMs];
        if (values.Count != 1 || !TimeoutHeader.TryParse(values[0], out TimeSpan asked))
        {
            return own;
        }

        if (asked > TimeSpan.Zero && asked < minimum)
        {
            asked = minimum;
        }

        return own == Timeout.InfiniteTimeSpan || asked < own ? asked : own;
    }

    /// <summary>The lower of the server's own criticality and the caller's: whoever asks may stand back, and nobody may push forward (H3).</summary>
    public static Criticality Lower(Criticality own, IHeaderDictionary headers)
    {
        StringValues values = headers[BackpressureHeaders.RequestCriticality];
        return values.Count == 1 && CriticalityHeader.TryParse(values[0], out int asked) && asked < (int)own ? (Criticality)asked : own;
    }
}
