namespace DemoApi.Startup;

/// <summary>Sets up where the server listens and what the log says of it.</summary>
internal static class Listening
{
    public static void AddListening(this WebApplicationBuilder builder)
    {
        foreach ((string key, string? value) in ListenAddresses.SettingsFor(builder.Configuration))
        {
            builder.WebHost.UseSetting(key, value);
        }

        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        StartLog startLog = new();
        builder.Logging.AddFilter(StartLog.Host, startLog.ShowsHost).AddFilter(StartLog.Server, startLog.ShowsServer);
        builder.Services.AddSingleton(startLog).AddHostedService<StartReport>();
    }
}
