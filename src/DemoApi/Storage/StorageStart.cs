namespace DemoApi.Storage;

/// <summary>Opens the store before the server listens, so that a database that cannot be used ends the start and not the first request.</summary>
internal sealed partial class StorageStart : IHostedService
{
    private readonly ILogger<StorageStart> _logger;
    private readonly StorageSettings _settings;
    private readonly IServiceProvider _services;

    public StorageStart(ILogger<StorageStart> logger, StorageSettings settings, IServiceProvider services)
    {
        _logger = logger;
        _settings = settings;
        _services = services;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _services.GetRequiredService<KeyValueStore>();
        Log.Opened(_logger, _settings.Path);
        if (_settings.Synchronous == Synchronous.Off)
        {
            Log.NotDurable(_logger);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The database is {Path}.", EventName = "DatabaseOpened")]
        public static partial void Opened(ILogger logger, string path);

        [LoggerMessage(2, LogLevel.Warning,
            "Storage:Synchronous is Off: a 2xx does not mean durable. Acknowledged writes are lost when the operating system goes down.",
            EventName = "NotDurable")]
        public static partial void NotDurable(ILogger logger);
    }
}
