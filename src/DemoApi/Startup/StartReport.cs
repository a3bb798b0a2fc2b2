namespace DemoApi.Startup;

/// <summary>Adds to the host's "Now listening on" what it does not tell: which address speaks HTTP/2.</summary>
internal sealed partial class StartReport : IHostedLifecycleService
{
    private readonly ILogger<StartReport> _logger;
    private readonly IConfiguration _configuration;
    private readonly StartLog _startLog;

    public StartReport(ILogger<StartReport> logger, IConfiguration configuration, StartLog startLog)
    {
        _logger = logger;
        _configuration = configuration;
        _startLog = startLog;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _startLog.Started();
        if (_configuration[ListenAddresses.Http2Url] is { Length: > 0 } address)
        {
            Log.Http2(_logger, address);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "HTTP/2 without TLS, with prior knowledge, is spoken at {Address} (setting Http2:Url).", EventName = "Http2Address")]
        public static partial void Http2(ILogger logger, string address);
    }
}
