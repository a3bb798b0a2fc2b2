namespace DemoApi.Startup;

/// <summary>Finds the folder of the settings, so that the program also starts from somewhere else than where it lies.</summary>
internal static class ContentRoot
{
    private const string Settings = "appsettings.json";

    /// <summary>The folder of the program, where the current folder holds no settings;
    /// <see langword="null"/> for what the host chooses, which obeys <c>--contentRoot</c> and <c>ASPNETCORE_CONTENTROOT</c>.</summary>
    public static string? Choose(string[] args)
    {
        IConfiguration host = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        bool isChosen = !string.IsNullOrEmpty(host[HostDefaults.ContentRootKey]);
        return isChosen || File.Exists(Path.Combine(Directory.GetCurrentDirectory(), Settings)) ? null : AppContext.BaseDirectory;
    }
}
