namespace DemoApi.Storage;

/// <summary>A value as it was put: its bytes and the content type that came with them, if one did.</summary>
internal sealed record StoredValue(byte[] Content, string? ContentType)
{
    /// <summary>The longest value, in bytes: 64 KiB.</summary>
    public const int MaximumBytes = 64 * 1024;
}
