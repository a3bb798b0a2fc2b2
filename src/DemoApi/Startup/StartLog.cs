namespace DemoApi.Startup;

/// <summary>Keeps a failed start out of the log, where host and server would print its stack trace once each:
/// Program prints one line for what an operator can put right, and the runtime prints the rest.</summary>
internal sealed class StartLog
{
    public const string Host = "Microsoft.Extensions.Hosting.Internal.Host";
    public const string Server = "Microsoft.AspNetCore.Server.Kestrel";

    private volatile bool _hasStarted;

    /// <summary>From now on failures are logged as ever.</summary>
    public void Started() => _hasStarted = true;

    public bool ShowsHost(LogLevel level) => Shows(level, LogLevel.Information);

    public bool ShowsServer(LogLevel level) => Shows(level, LogLevel.Warning);

    private bool Shows(LogLevel level, LogLevel lowest) => level >= lowest && (_hasStarted || level < LogLevel.Error);
}
