namespace DemoApi.Tests.Durability;

/// <summary>Whether an answer waits for the disk. Killing the process cannot tell: what it wrote stays with the operating system either way.</summary>
[Collection(TimingSensitive.Name)]
public sealed class FlushTests
{
    private const int Writes = 20;

    [ToolFact("strace")]
    public async Task Every_acknowledged_write_was_flushed_before_its_answer_was_sent() =>
        Assert.Equal(Enumerable.Repeat(true, Writes), Acknowledgements.AreDurable(await TracedDemo.StoreAsync("Full", Writes)));

    [ToolFact("strace")]
    public async Task Without_synchronous_commits_no_write_is_flushed_before_its_answer() =>
        Assert.Equal(Enumerable.Repeat(false, Writes), Acknowledgements.AreDurable(await TracedDemo.StoreAsync("Off", Writes)));
}
