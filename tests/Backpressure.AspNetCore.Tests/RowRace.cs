namespace Backpressure.AspNetCore.Tests;

/// <summary>Threads that run down the same row at once, so that they meet at many places of it.</summary>
internal static class RowRace
{
    public static void Run(int row, params Action<int>[] actions)
    {
        using Barrier start = new(actions.Length);
        Exception?[] failures = new Exception?[actions.Length];
        Thread[] threads = [.. actions.Select((action, runner) => new Thread(() => failures[runner] = RunDown(action)) { Name = "race", IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);

        Exception? RunDown(Action<int> action)
        {
            start.SignalAndWait();
            return Record.Exception(() =>
            {
                for (int i = 0; i < row; i++)
                {
                    action(i);
                }
            });
        }
    }
}
