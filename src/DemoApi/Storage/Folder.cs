using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DemoApi.Storage;

/// <summary>Makes a folder that survives a power cut.</summary>
/// <remarks>SQLite flushes the entries of its own files in their folder. The entry of a folder made here is nobody else's to flush.</remarks>
internal static partial class Folder
{
    private const int CloseOnExec = 0x80000; // and O_RDONLY, which is 0

    /// <summary>Creates the folder and its parents where they are missing.</summary>
    /// <exception cref="IOException">A part of the path is a file, or the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The program may not write there.</exception>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (File.Exists(path))
        {
            throw new IOException($"'{path}' is a file, and a folder is needed there");
        }

        string? parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            Create(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null && OperatingSystem.IsLinux())
        {
            FlushEntries(parent);
        }
    }

    private static void FlushEntries(string folder)
    {
        using SafeFileHandle handle = Open(folder, CloseOnExec); // .NET itself opens no folders
        if (handle.IsInvalid)
        {
            throw new IOException($"{folder} cannot be opened to flush it.", new Win32Exception());
        }

        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
