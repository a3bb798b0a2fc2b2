namespace DemoApi.Tests.Flood;

/// <summary>Runs one flood that many facts are asked of.</summary>
public abstract class FloodFixture : IAsyncLifetime
{
    internal FloodOutcome Outcome { get; private set; } = null!;

    private protected abstract FloodSetup Setup { get; }

    public async Task InitializeAsync() => Outcome = await FloodTrial.RunAsync(Setup);

    public Task DisposeAsync() => Task.CompletedTask;
}
