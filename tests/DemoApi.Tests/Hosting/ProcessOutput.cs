using System.Text;

namespace DemoApi.Tests.Hosting;

/// <summary>Collects what a process prints, and tells when a line that someone waits for has come.</summary>
public sealed class ProcessOutput
{
    private readonly object _lock = new();
    private readonly StringBuilder _text = new(); // guarded by _lock
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Found)> _waits = []; // guarded by _lock
    private bool _ended; // guarded by _lock

    /// <summary>Everything until now.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The first line, printed already or to come, that contains <paramref name="text"/>.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public Task<string> LineWithAsync(string text)
    {
        bool IsIt(string line) => line.Contains(text, StringComparison.Ordinal);
        lock (_lock)
        {
            if (Lines.FirstOrDefault(IsIt) is { } line)
            {
                return Task.FromResult(line);
            }

            if (_ended)
            {
                return Task.FromException<string>(new InvalidOperationException($"The process ended without a line that contains '{text}'."));
            }

            TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((IsIt, found));
            return found.Task;
        }
    }

    /// <summary>Takes a line from the process; <see langword="null"/> is its end.</summary>
    internal void Take(string? line)
    {
        lock (_lock)
        {
            if (line is null)
            {
                _ended = true;
                _waits.ForEach(wait => wait.Found.TrySetException(new InvalidOperationException("The process ended without the line that was waited for.")));
                return;
            }

            _text.Append(line).Append('\n');
            _waits.Where(wait => wait.IsIt(line)).ToList().ForEach(wait => wait.Found.TrySetResult(line));
        }
    }
}
