namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>The files in which a system tells of strain, in a directory of their own.</summary>
internal sealed class StrainFixture : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("strain-").FullName;

    public string Proc => Path.Combine(_root, "proc");

    public string Cgroups => Path.Combine(_root, "cgroup");

    public void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
