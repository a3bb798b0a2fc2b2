namespace DemoApi.Tests.Hosting;

/// <summary>One DemoApi for all tests that change nothing but keys of their own.</summary>
public sealed class SharedDemo : IAsyncLifetime
{
    private int _keys; // Interlocked only

    public DemoProcess Demo { get; private set; } = null!;

    public HttpClient Client => Demo.Client;

    /// <summary>A text that no other test uses to begin its keys with.</summary>
    public string NewPrefix() => $"test{Interlocked.Increment(ref _keys)}-";

    public async Task InitializeAsync() => Demo = await DemoProcess.StartAsync();

    public async Task DisposeAsync() => await Demo.DisposeAsync();
}
