using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Reads options from configuration as an application does.</summary>
internal static class Settings
{
    /// <summary>The options from these keys below <c>Backpressure</c>.</summary>
    public static BackpressureOptions Read(params (string Key, string? Value)[] settings) => Read(static _ => { }, settings);

    /// <summary>The options from these keys below <c>Backpressure</c> and then from code.</summary>
    public static BackpressureOptions Read(Action<BackpressureOptions> code, params (string Key, string? Value)[] settings)
    {
        IConfigurationRoot configuration = Configuration([.. settings.Select(setting => ($"Backpressure:{setting.Key}", setting.Value))]);
        return Read(new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddBackpressure(code));
    }

    public static BackpressureOptions Read(IServiceCollection services)
    {
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<BackpressureOptions>>().Value;
    }

    /// <summary>What is wrong with these settings.</summary>
    public static string[] Errors(params (string Key, string? Value)[] settings) => Errors(static _ => { }, settings);

    /// <summary>What is wrong with these settings and this code.</summary>
    public static string[] Errors(Action<BackpressureOptions> code, params (string Key, string? Value)[] settings)
    {
        try
        {
            Read(code, settings);
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return [.. exception.Failures];
        }
    }

    public static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build();
}
