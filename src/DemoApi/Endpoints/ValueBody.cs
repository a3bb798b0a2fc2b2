using System.Buffers;
using System.IO.Pipelines;
using DemoApi.Storage;
using Microsoft.Net.Http.Headers;

namespace DemoApi.Endpoints;

/// <summary>Reads the value from the body of a request, never more of it than a value may have.</summary>
internal static class ValueBody
{
    private const int MaximumContentType = 256;

    /// <returns>The value; or the answer to a body that is none.</returns>
    public static async ValueTask<(StoredValue? Value, IResult? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string? contentType = string.IsNullOrWhiteSpace(request.ContentType) ? null : request.ContentType;
        if (contentType is not null && !IsContentType(contentType))
        {
            return (null, Problems.BadInput("Content-Type",
                $"The header Content-Type must be one media type of at most {MaximumContentType} ASCII characters, such as text/plain; charset=utf-8. Correct it or leave it out."));
        }

        try
        {
            byte[]? content = request.ContentLength > StoredValue.MaximumBytes ? null : await ReadAsync(request.BodyReader, cancellationToken);
            return content is null ? (null, TooLong(request.ContentLength)) : (new StoredValue(content, contentType), null);
        }
        catch (BadHttpRequestException exception) // broken off, badly chunked or too slow: the caller's fault, and nothing was stored
        {
            return (null, Problems.BadInput("body", $"The body cannot be read: {exception.Message} Send it again as a whole.", exception.StatusCode));
        }
    }

    /// <returns>The bytes; <see langword="null"/> as soon as there are too many.</returns>
    private static async ValueTask<byte[]?> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (buffer.Length > StoredValue.MaximumBytes)
            {
                body.AdvanceTo(buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] content = buffer.ToArray();
                body.AdvanceTo(buffer.End);
                return content;
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>What is stored here goes out as a header of ours one day, so it must be one.</summary>
    private static bool IsContentType(string text) =>
        text.Length <= MaximumContentType && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && MediaTypeHeaderValue.TryParse(text, out _);

    private static IResult TooLong(long? length) => Problems.BadInput("body",
        $"The value {(length is null ? "is longer" : $"has {length} bytes, which is more")} than {StoredValue.MaximumBytes} bytes (64 KiB). Split it into several keys.",
        StatusCodes.Status413PayloadTooLarge);
}
