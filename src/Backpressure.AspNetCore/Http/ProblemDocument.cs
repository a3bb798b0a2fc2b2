using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Backpressure.AspNetCore.Http;

/// <summary>One problem document (RFC 9457), serialised once.</summary>
internal sealed class ProblemDocument
{
    private readonly string _detail;
    private readonly string? _reason;

    /// <param name="status">The status that it goes with.</param>
    /// <param name="detail">A sentence for people.</param>
    /// <param name="reason">A token for programs; <see langword="null"/> for none.</param>
    public ProblemDocument(int status, string detail, string? reason)
    {
        Status = status;
        _detail = detail;
        _reason = reason;
        Bytes = Serialize();
    }

    public int Status { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The same for the application's own writer of problems, to change as it likes.</summary>
    public ProblemDetails ToDetails()
    {
        ProblemDetails details = new() { Type = TypeOf(Status), Title = ReasonPhrases.GetReasonPhrase(Status), Status = Status, Detail = _detail };
        if (_reason is not null)
        {
            details.Extensions["reason"] = _reason;
        }

        return details;
    }

    private byte[] Serialize()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("type", TypeOf(Status));
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(Status));
            json.WriteNumber("status", Status);
            json.WriteString("detail", _detail);
            if (_reason is not null)
            {
                json.WriteString("reason", _reason);
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
