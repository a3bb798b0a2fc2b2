using Backpressure.Http.Protocol;

namespace Backpressure.AspNetCore.Http;

/// <summary>The <c>Backpressure</c> header of a policy's answers: why a request was refused and, to trusted peers alone, how the server stands. What was written last is kept: in a flood it is mostly what comes next, too, and costs no memory.</summary>
internal sealed class BackpressureField
{
    private static readonly string[] Tokens = [.. Enum.GetValues<ShedReason>().Select(ShedReasonText.Token)];
    private static readonly string[] ReasonsAlone = [.. Tokens.Select(token => BackpressureWriter.Format(token, retry: (long?)null, load: null)!)];

    private readonly Written?[] _last = new Written?[Tokens.Length + 1]; // Volatile only; the last one is of what was not refused

    /// <summary>What a stranger is told.</summary>
    public static string Of(ShedReason reason) => ReasonsAlone[(int)reason];

    /// <summary>What a trusted peer is told.</summary>
    /// <param name="reason">Why it is refused; <see langword="null"/> where it is not.</param>
    /// <param name="retry">The ratio of retries that the server accepts now.</param>
    /// <param name="load">Permits in use over the limit; <see langword="null"/> where nobody knows.</param>
    public string Of(ShedReason? reason, double retry, double? load)
    {
        long? ratio = BackpressureWriter.Ratio(retry);
        long? inUse = BackpressureWriter.Load(load);
        ref Written? slot = ref _last[(int?)reason ?? Tokens.Length];
        Written? last = Volatile.Read(ref slot);
        if (last is null || last.Retry != ratio || last.Load != inUse)
        {
            last = new Written(ratio, inUse, BackpressureWriter.Format(reason is { } why ? Tokens[(int)why] : null, ratio, inUse)!);
            Volatile.Write(ref slot, last);
        }

        return last.Text;
    }

    private sealed record Written(long? Retry, long? Load, string Text);
}
