using System.Buffers.Text;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Backpressure.AspNetCore.Admission;

/// <summary>A number that the system tells in a small file, in the first of several places where it does.</summary>
internal sealed class StrainFile
{
    private const int Longest = 1024; // bytes that are looked at; the files have some 100 to 400

    private readonly byte[] _key;
    private readonly string[] _paths;
    private readonly byte[] _buffer = new byte[Longest];
    private int _at; // of the first path that was not seen to fail

    /// <param name="key">What a line begins with, up to the number.</param>
    /// <param name="paths">Where the file may be, the best first. One that failed is not tried again.</param>
    public StrainFile(string key, params string[] paths)
    {
        _key = Encoding.UTF8.GetBytes(key);
        _paths = paths;
    }

    /// <summary>The number now; <see langword="null"/> where no file tells it.</summary>
    public double? Read()
    {
        for (; _at < _paths.Length; _at++)
        {
            if (Parse(Load(_paths[_at], _buffer)) is { } number)
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>The beginning of a file; nothing where it cannot be read.</summary>
    public static ReadOnlySpan<byte> Load(string path, byte[] buffer)
    {
        try
        {
            if (File.Exists(path))
            {
                using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return buffer.AsSpan(0, RandomAccess.Read(file, buffer, fileOffset: 0));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // as if it were not there: a kernel without pressure readings has the files and refuses to read them
        }

        return [];
    }

    private double? Parse(ReadOnlySpan<byte> text)
    {
        while (!text.StartsWith(_key))
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                return null;
            }

            text = text[(end + 1)..];
        }

        return Utf8Parser.TryParse(text[_key.Length..], out double number, out _) && number >= 0 && double.IsFinite(number) ? number : null;
    }
}
