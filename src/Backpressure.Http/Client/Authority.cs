namespace Backpressure.Http.Client;

/// <summary>Says to whom a request goes; the default stands for an address that does not tell.</summary>
internal readonly record struct Authority(string Scheme, string Host, int Port)
{
    public static Authority Of(Uri? uri) => uri is { IsAbsoluteUri: true } ? new Authority(uri.Scheme, uri.Host, uri.Port) : default;

    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
