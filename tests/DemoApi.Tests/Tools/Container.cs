using System.Runtime.InteropServices;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Tools;

/// <summary>A container that has what this machine has, but for bounds of its own: no image is needed, and a command finds its files where they are outside.</summary>
internal sealed class Container : IAsyncDisposable
{
    private static readonly string[] Links = ["bin", "lib", "lib64", "sbin"]; // into /usr, as Debian has them

    private readonly TempFolder _root = new();
    private readonly string _name = $"backpressure-{Guid.NewGuid():N}";
    private readonly string[] _bounds;

    /// <param name="bounds">What podman calls them, such as <c>--cpus 0.5</c>.</param>
    public Container(params string[] bounds)
    {
        _bounds = bounds;
        foreach (string directory in (string[])["usr", "etc", "tmp", "proc", "sys", "dev"])
        {
            Directory.CreateDirectory(_root[directory]);
        }

        foreach (string link in Links)
        {
            if (new DirectoryInfo("/" + link).LinkTarget is { } target)
            {
                File.CreateSymbolicLink(_root[link], target);
            }
        }
    }

    /// <summary>The command before the one that is to run inside.</summary>
    public string[] Command =>
    [
        "podman", "--runtime", "runc", "run", "--rm", "--name", _name, "--network", "host", "--env-host", .. _bounds,
        .. Mounts().SelectMany(mount => (string[])["--volume", mount]), "--rootfs", _root.Path,
    ];

    public async ValueTask DisposeAsync()
    {
        await Tool.RunAsync("podman", ["rm", "--force", "--time", "0", _name]); // killing podman itself leaves the container
        _root.Dispose();
    }

    private static IEnumerable<string> Mounts()
    {
        yield return "/usr:/usr:ro";
        yield return "/etc:/etc:ro";
        yield return $"{Path.GetTempPath()}:{Path.GetTempPath()}";
        foreach (string directory in (string[])[AppContext.BaseDirectory, Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")])
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            if (!full.StartsWith("/usr/", StringComparison.Ordinal) && !full.StartsWith(Path.GetTempPath(), StringComparison.Ordinal))
            {
                yield return $"{full}:{full}:ro";
            }
        }
    }
}
