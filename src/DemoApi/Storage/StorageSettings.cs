using DemoApi.Startup;

namespace DemoApi.Storage;

/// <summary>Where the database lies and what a write is worth: the section <c>Storage</c>.</summary>
internal sealed record StorageSettings(string Path, Synchronous Synchronous)
{
    public const string PathKey = "Storage:Path";
    public const string SynchronousKey = "Storage:Synchronous";

    private const string DefaultPath = "data/demo.db";

    /// <summary>Reads the settings; a relative path starts at the content root.</summary>
    /// <exception cref="StartupException">A setting breaks its rule.</exception>
    public static StorageSettings Read(IConfiguration configuration, string contentRoot)
    {
        string path = configuration[PathKey] ?? DefaultPath;
        if (string.IsNullOrWhiteSpace(path) || path.EndsWith('/'))
        {
            throw new StartupException($"{PathKey} must name a file, such as {DefaultPath}, relative to the content root or absolute (was '{path}').");
        }

        return new StorageSettings(System.IO.Path.GetFullPath(path, contentRoot), ReadSynchronous(configuration[SynchronousKey]));
    }

    private static Synchronous ReadSynchronous(string? text)
    {
        if (text is null)
        {
            return Synchronous.Full;
        }

        foreach (Synchronous value in Enum.GetValues<Synchronous>())
        {
            if (string.Equals(text, value.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw new StartupException($"{SynchronousKey} must be {Synchronous.Full} (a 2xx means durable) or {Synchronous.Off} (it does not, for comparison only) (was '{text}').");
    }
}
