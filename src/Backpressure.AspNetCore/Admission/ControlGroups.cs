using System.Text;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Where the system tells of the control groups that the process is in: the own one first, then each above it as far as it can be seen.</summary>
internal sealed class ControlGroups
{
    private const string Here = "/";

    /// <param name="proc">Where the system tells of itself.</param>
    /// <param name="cgroups">Where it tells of control groups.</param>
    public ControlGroups(string proc, string cgroups)
    {
        string unified = Here; // above the namespace's root nothing can be seen
        string processors = Here;
        string controllers = "cpu";
        foreach (string line in Encoding.UTF8.GetString(StrainFile.Load(Path.Combine(proc, "self/cgroup"), new byte[4096])).Split('\n'))
        {
            string[] parts = line.Split(':', 3); // number, controllers, path
            if (parts.Length < 3 || parts[2].Contains("..", StringComparison.Ordinal))
            {
                continue;
            }

            if (parts[0] == "0" && parts[1].Length == 0)
            {
                unified = parts[2];
            }
            else if (parts[1].Split(',').Contains("cpu"))
            {
                controllers = parts[1];
                processors = parts[2];
            }
        }

        Unified = [.. Upwards(cgroups, unified)];
        Processors = [.. Upwards(Path.Combine(cgroups, controllers), processors)];
    }

    /// <summary>The directories of version 2.</summary>
    public IReadOnlyList<string> Unified { get; }

    /// <summary>The directories of version 1 that tell of processors.</summary>
    public IReadOnlyList<string> Processors { get; }

    private static IEnumerable<string> Upwards(string root, string path)
    {
        for (string at = path.Trim('/'); at.Length > 0; at = Path.GetDirectoryName(at) ?? "")
        {
            yield return Path.Combine(root, at);
        }

        yield return root;
    }
}
