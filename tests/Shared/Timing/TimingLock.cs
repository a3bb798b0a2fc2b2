namespace Backpressure.Tests;

/// <summary>Keeps timing-sensitive tests of all processes apart: test assemblies run at once, and a flood beside another measures neither.</summary>
public sealed class TimingLock : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(9);

    private readonly TimeProvider _time = TimeProvider.System;
    private FileStream? _held;

    /// <summary>The file that is locked; it stays when the lock is released, since deleting it would let two in.</summary>
    public static string FilePath => Path.Combine(Path.GetTempPath(), $"backpressure-{Environment.UserName}.timing.lock");

    public async Task InitializeAsync()
    {
        long start = _time.GetTimestamp();
        while ((_held = TryOpen()) is null)
        {
            if (_time.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"Another process has held '{FilePath}' for {Patience.TotalMinutes:F0} minutes. End the other test run, then start this one again.");
            }

            await Task.Delay(Interval, _time);
        }
    }

    public Task DisposeAsync()
    {
        _held?.Dispose();
        return Task.CompletedTask;
    }

    private static FileStream? TryOpen()
    {
        try
        {
            return new FileStream(FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) // somebody else holds it; a folder that cannot be written to is an UnauthorizedAccessException and fails the tests
        {
            return null;
        }
    }
}
