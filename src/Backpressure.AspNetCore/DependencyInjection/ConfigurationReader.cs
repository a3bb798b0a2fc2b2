using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Reads options from configuration, strictly: a key that nobody knows and a text that cannot be read are errors, and all of them are reported together.</summary>
/// <remarks>The framework's binder stops at the first unreadable value, passes over misspelt keys, and hides which members were set; a policy inherits those that were not.</remarks>
internal sealed class ConfigurationReader : IConfigureOptions<BackpressureOptions>
{
    private const string DefaultSection = "Backpressure";
    private const string Policies = "Policies";

    private readonly IConfiguration? _section;

    public ConfigurationReader(IServiceProvider services) =>
        _section = services.GetServices<ConfigurationSource>().LastOrDefault()?.Section ?? services.GetService<IConfiguration>()?.GetSection(DefaultSection);

    public void Configure(BackpressureOptions options)
    {
        if (_section is null)
        {
            return;
        }

        options.ConfigurationPath = _section is IConfigurationSection { Path: { Length: > 0 } path } ? path : DefaultSection;
        if (_section is IConfigurationRoot && _section.GetSection(DefaultSection).GetChildren().Any())
        {
            options.ConfigurationErrors.Add(
                $"AddBackpressure was given a whole configuration that holds a section '{DefaultSection}'. Give it that section: AddBackpressure(configuration.GetSection(\"{DefaultSection}\")).");
            return; // every other key of the application would be reported as misspelt
        }

        foreach (IConfigurationSection policy in _section.GetSection(Policies).GetChildren().Where(policy => string.IsNullOrEmpty(policy.Value)))
        {
            PolicyOf(options, policy.Key); // also one without settings, "reads": {}, which inherits them all
        }

        foreach ((string key, string text) in Leaves(_section))
        {
            if (IsBelow(key, Policies))
            {
                ReadPolicy(options, key[(Policies.Length + 1)..], key, text);
            }
            else if (IsBelow(key, OptionKeys.TrustedNetworks))
            {
                options.Headers.TrustedNetworks.Add(text);
            }
            else if (string.Equals(key, OptionKeys.TrustedNetworks, StringComparison.OrdinalIgnoreCase))
            {
                options.ConfigurationErrors.Add($"{options.ConfigurationPath}:{key} must be a list, such as [ \"10.0.0.0/8\" ], or numbered from {OptionKeys.TrustedNetworks}:0 (was '{text}').");
            }
            else if (!TryRead(OptionKeys.Server, options, key, key, text, options))
            {
                Read(options, key, key, text, options, OptionKeys.Server.Select(known => known.Path).Append(OptionKeys.TrustedNetworks));
            }
        }
    }

    private static void ReadPolicy(BackpressureOptions options, string nameAndKey, string path, string text)
    {
        int colon = nameAndKey.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            options.ConfigurationErrors.Add($"{options.ConfigurationPath}:{path} must be a policy with settings of its own, such as {{ \"Limit\": {{ \"Maximum\": 10 }} }} (was '{text}').");
            return;
        }

        Read(PolicyOf(options, nameAndKey[..colon]), nameAndKey[(colon + 1)..], path, text, options, []);
    }

    private static BackpressurePolicyOptions PolicyOf(BackpressureOptions options, string name)
    {
        if (!options.Policies.TryGetValue(name, out BackpressurePolicyOptions? policy))
        {
            policy = new BackpressurePolicyOptions();
            options.Policies.Add(name, policy);
        }

        return policy;
    }

    private static void Read(BackpressurePolicyOptions policy, string key, string path, string text, BackpressureOptions options, IEnumerable<string> alsoKnown)
    {
        if (TryRead(OptionKeys.Policy, policy, key, path, text, options))
        {
            return;
        }

        if (OptionKeys.CodeOnly.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            options.ConfigurationErrors.Add($"{options.ConfigurationPath}:{path} can be set in code only: AddBackpressure(o => …).");
            return;
        }

        IEnumerable<string> known = OptionKeys.Policy.Select(option => option.Path).Concat(alsoKnown);
        options.ConfigurationErrors.Add($"{options.ConfigurationPath}:{path} is not a setting. Did you mean '{Spelling.Nearest(key, known)}'?");
    }

    /// <returns>Whether the key is one of <paramref name="keys"/>; a text that cannot be read is noted as an error.</returns>
    private static bool TryRead<TOwner>(OptionKey<TOwner>[] keys, TOwner owner, string key, string path, string text, BackpressureOptions options)
    {
        foreach (OptionKey<TOwner> known in keys)
        {
            if (string.Equals(known.Path, key, StringComparison.OrdinalIgnoreCase))
            {
                if (!known.TryRead(owner, text))
                {
                    options.ConfigurationErrors.Add($"{options.ConfigurationPath}:{path} must be {known.Rule} (was '{text}').");
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the key is one that others stand below: an empty object or list is written as an empty text there.</summary>
    private static bool IsSection(string key)
    {
        if (string.Equals(key, Policies, StringComparison.OrdinalIgnoreCase) || string.Equals(key, OptionKeys.TrustedNetworks, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        string own = key;
        if (IsBelow(key, Policies))
        {
            int colon = key.IndexOf(':', Policies.Length + 1);
            if (colon < 0)
            {
                return true; // a policy that sets nothing
            }

            own = key[(colon + 1)..];
        }

        return OptionKeys.Policy.Any(known => IsBelow(known.Path, own)) || OptionKeys.Server.Any(known => IsBelow(known.Path, own));
    }

    private static bool IsBelow(string key, string parent) => key.StartsWith(parent + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>Every value below the section with its path relative to it; empty objects hold none.</summary>
    private static IEnumerable<(string Key, string Text)> Leaves(IConfiguration section) =>
        section.AsEnumerable(makePathsRelative: true)
            .Where(pair => !string.IsNullOrEmpty(pair.Key) && pair.Value is not null && !(pair.Value.Length == 0 && IsSection(pair.Key)))
            .Select(pair => (pair.Key, pair.Value!))
            .OrderBy(pair => pair.Key, ConfigurationKeyComparer.Instance);
}
