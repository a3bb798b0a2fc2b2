using Backpressure.Benchmarks;

if (args is ["lateness"])
{
    Lateness.Run();
    return 0;
}

if (args is not ["compare", .. { Length: <= 1 } chosen])
{
    Console.Error.WriteLine("usage: compare [CASE]   measures ours against what the framework has, in one run, one JSON object a line");
    Console.Error.WriteLine("       lateness         how late timeouts strike on the system's timers, on ours and on a bare timerfd thread, with the thread pool idle, a million timers armed besides, and the pool blocked");
    return 2;
}

Case[] cases = chosen is [{ } name] ? [.. Cases.All.Where(one => one.Name == name)] : Cases.All;
if (cases.Length == 0)
{
    Console.Error.WriteLine($"compare: there is no case '{chosen[0]}'. The cases are {string.Join(", ", Cases.All.Select(one => one.Name))}.");
    return 2;
}

foreach (Case one in cases)
{
    Console.WriteLine(Comparison.Run(one));
}

return 0;
