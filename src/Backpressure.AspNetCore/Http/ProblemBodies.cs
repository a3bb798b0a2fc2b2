using System.Text.Json;
using Backpressure.AspNetCore.Admission;
using Microsoft.AspNetCore.WebUtilities;

namespace Backpressure.AspNetCore.Http;

/// <summary>The problem documents (RFC 9457) of refusals and timeouts, serialised once: refusing must cost less than serving.</summary>
internal sealed class ProblemBodies
{
    public const string ContentType = "application/problem+json";

    private readonly byte[][] _shed;
    private readonly byte[] _timeout;

    public ProblemBodies(int shedStatus, int timeoutStatus)
    {
        _shed = new byte[Tally.ReasonCount][];
        foreach (ShedReason reason in Enum.GetValues<ShedReason>())
        {
            _shed[(int)reason] = Serialize(shedStatus, ShedReasonText.Sentence(reason), ShedReasonText.Token(reason));
        }

        _timeout = Serialize(timeoutStatus, "The request took longer than it may. It may have been executed.", null);
    }

    public ReadOnlyMemory<byte> Shed(ShedReason reason) => _shed[(int)reason];

    public ReadOnlyMemory<byte> Timeout => _timeout;

    private static byte[] Serialize(int status, string detail, string? reason)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("type", TypeOf(status));
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            if (reason is not null)
            {
                json.WriteString("reason", reason);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string TypeOf(int status) => status switch
    {
        503 => "https://tools.ietf.org/html/rfc9110#section-15.6.4",
        504 => "https://tools.ietf.org/html/rfc9110#section-15.6.5",
        _ => "about:blank",
    };
}
