namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Says which system call failed and how, so that a log line can name the reason for a fallback.</summary>
internal sealed class SyscallException(string call, int error) : IOException($"{call} failed with {NameOf(error)}.")
{
    public const int InterruptedCall = 4;
    public const int BadFileDescriptor = 9;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int InvalidArgument = 22;
    public const int TableOverflow = 23;
    public const int TooManyFiles = 24;

    public int Error { get; } = error;

    public string ErrorName => NameOf(Error);

    // The numbers are the kernel's own, the same on every Linux that .NET runs on.
    private static string NameOf(int error) => error switch
    {
        1 => "EPERM",
        InterruptedCall => "EINTR",
        5 => "EIO",
        BadFileDescriptor => "EBADF",
        TryAgain => "EAGAIN",
        OutOfMemory => "ENOMEM",
        13 => "EACCES",
        19 => "ENODEV",
        InvalidArgument => "EINVAL",
        TableOverflow => "ENFILE",
        TooManyFiles => "EMFILE",
        38 => "ENOSYS",
        125 => "ECANCELED",
        _ => $"errno {error}",
    };
}
