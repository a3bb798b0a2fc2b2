using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>One try of a call as it arrived at the server, and how it was answered.</summary>
/// <param name="At">When it arrived, on the real clock.</param>
/// <param name="Headers">What it said.</param>
internal sealed record Try(TimeSpan At, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The server's answer; empty until there is one.</summary>
    public IReadOnlyDictionary<string, string> Answer { get; private set; } = new Dictionary<string, string>();

    /// <summary>What the client is asked to wait, or less than zero for ever; <see langword="null"/> where nothing is asked.</summary>
    public TimeSpan? Pushback => Answer.TryGetValue("grpc-retry-pushback-ms", out string? text)
        ? TimeSpan.FromMilliseconds(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
        : null;

    /// <summary>How many tries the client says came before.</summary>
    public string? Earlier => Headers.GetValueOrDefault("grpc-previous-rpc-attempts");

    public string? Reason => Answer.GetValueOrDefault("Backpressure");

    public static IReadOnlyDictionary<string, string> Copy(IHeaderDictionary headers) =>
        headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    public void AnswerWith(IHeaderDictionary headers) => Answer = Copy(headers);
}
