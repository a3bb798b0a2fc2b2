namespace DemoApi.Storage;

/// <summary>Adds the store.</summary>
internal static class StorageServices
{
    /// <exception cref="Startup.StartupException">A setting breaks its rule.</exception>
    public static void AddStorage(this WebApplicationBuilder builder) =>
        builder.Services
            .AddSingleton(StorageSettings.Read(builder.Configuration, builder.Environment.ContentRootPath))
            .AddSingleton<KeyValueStore>()
            .AddHostedService<StorageStart>();
}
