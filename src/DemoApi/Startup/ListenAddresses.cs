namespace DemoApi.Startup;

/// <summary>Works out the settings that make the server listen where it should.</summary>
internal static class ListenAddresses
{
    /// <summary>Where the server listens when nothing says otherwise.</summary>
    public const string Fallback = "http://localhost:8080";

    /// <summary>The setting of the address for HTTP/2 without TLS.</summary>
    public const string Http2Url = "Http2:Url";

    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>The settings to lay over the configuration: none when it already says all.</summary>
    /// <remarks>Without TLS a connection cannot negotiate its protocol, so HTTP/2 needs an endpoint of its own; and once one endpoint is explicit, plain URLs are passed over.
    /// So with <see cref="Http2Url"/> every address becomes an explicit endpoint.</remarks>
    /// <exception cref="StartupException">An address cannot be read as one.</exception>
    public static Dictionary<string, string?> SettingsFor(IConfiguration configuration)
    {
        string[] urls = Urls(configuration);
        Check(urls);
        bool hasEndpoints = configuration.GetSection(Endpoints).GetChildren().Any();
        string? http2 = configuration[Http2Url];
        if (string.IsNullOrWhiteSpace(http2))
        {
            bool isSilent = urls.Length == 0 && !hasEndpoints;
            return isSilent ? new() { [WebHostDefaults.ServerUrlsKey] = Fallback } : [];
        }

        CheckHttp2(http2);
        Dictionary<string, string?> settings = new()
        {
            [$"{Endpoints}:Http2:Url"] = http2,
            [$"{Endpoints}:Http2:Protocols"] = "Http2",
        };
        if (!hasEndpoints)
        {
            string[] addresses = urls.Length == 0 ? [Fallback] : urls;
            for (int i = 0; i < addresses.Length; i++)
            {
                settings.Add($"{Endpoints}:Address{i}:Url", addresses[i]);
            }

            // Each is an endpoint now, and a warning that they are passed over would be wrong.
            // A lone separator holds no address; an empty text would let the environment's through.
            settings[WebHostDefaults.ServerUrlsKey] = ";";
            settings[WebHostDefaults.HttpPortsKey] = "";
            settings[WebHostDefaults.HttpsPortsKey] = "";
        }

        return settings;
    }

    /// <summary>The addresses of ASPNETCORE_URLS and --urls; else those of the port settings, as the host reads them.</summary>
    private static string[] Urls(IConfiguration configuration)
    {
        string[] urls = Split(configuration[WebHostDefaults.ServerUrlsKey]);
        if (urls.Length > 0)
        {
            return urls;
        }

        IEnumerable<string> http = Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}");
        IEnumerable<string> https = Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}");
        return [.. http, .. https];
    }

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Check(string[] urls)
    {
        foreach (string url in urls)
        {
            if (Parse(url) is not { } address || address is { Host: "localhost", Port: 0 })
            {
                throw new StartupException(
                    $"ASPNETCORE_URLS and --urls must hold addresses such as {Fallback}, or http://127.0.0.1:0 for any free port, " +
                    $"with a semicolon between two (was '{url}').");
            }
        }
    }

    private static void CheckHttp2(string url)
    {
        if (Parse(url) is not { Scheme: "http", PathBase: "" })
        {
            throw new StartupException($"{Http2Url} must be an address such as http://127.0.0.1:8081, with the scheme http and without a path (was '{url}').");
        }
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
