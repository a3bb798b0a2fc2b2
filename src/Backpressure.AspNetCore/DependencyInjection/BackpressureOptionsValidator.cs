using System.Net;
using Backpressure.AspNetCore.Admission;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Checks all options at once, so that whoever starts the host sees every error in one go, each with its configuration path, its rule and its value.</summary>
internal sealed class BackpressureOptionsValidator : IValidateOptions<BackpressureOptions>
{
    public ValidateOptionsResult Validate(string? name, BackpressureOptions options)
    {
        List<string> errors = [.. options.ConfigurationErrors];
        string root = options.ConfigurationPath;
        bool isWhole = !(Missing(options, root, errors) | MissingOfServer(options, root, errors));
        if (isWhole)
        {
            Check(OptionKeys.Server, options, root, errors);
            CheckPolicy(options, options, root, errors);
            CheckNetworks(options, root, errors);
        }

        BackpressureOptions inherited = isWhole ? options : new BackpressureOptions(); // the rest is checked all the same
        foreach ((string policyName, BackpressurePolicyOptions policy) in options.Policies)
        {
            CheckNamed($"{root}:Policies:{policyName}", policyName, policy, inherited, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckNamed(string path, string name, BackpressurePolicyOptions policy, BackpressureOptions options, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(name) || string.Equals(name, PolicyReading.DefaultPolicy, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add($"{path}: a policy must have a name of its own, other than 'default' (was '{name}'). Set the default policy directly below the section.");
        }

        if (policy is null)
        {
            errors.Add($"{path} must not be null.");
            return;
        }

        if (Missing(policy, path, errors))
        {
            return;
        }

        CheckPolicy(policy, options, path, errors);
        if (policy.Limit.SetsInitialOrMinimum && !(policy.Limit.SetsAlgorithm && policy.Limit.Algorithm == LimitAlgorithm.Adaptive))
        {
            errors.Add($"{path}:Limit:Initial and {path}:Limit:Minimum act only with Limit:Algorithm Adaptive on the policy itself. Set Limit:Maximum for a fixed cap.");
        }
    }

    private static void CheckPolicy(BackpressurePolicyOptions policy, BackpressureOptions options, string path, List<string> errors)
    {
        int before = errors.Count;
        Check(OptionKeys.Policy, policy, path, errors);
        if (policy.Mode == BackpressureMode.DryRun)
        {
            errors.Add($"{path}:Mode must be Enforce or Off (was 'DryRun'): this version cannot watch without acting.");
        }

        if (errors.Count > before)
        {
            return; // rules between settings say little while one of them is wrong by itself
        }

        LimitOptions limit = policy.Limit;
        Rule(limit.Minimum <= limit.Maximum, $"{path}:Limit:Minimum must be at most Limit:Maximum, {limit.Maximum} (was '{limit.Minimum}').", errors);
        Rule(limit.Initial >= limit.Minimum && limit.Initial <= limit.Maximum,
            $"{path}:Limit:Initial must be from Limit:Minimum, {limit.Minimum}, to Limit:Maximum, {limit.Maximum} (was '{limit.Initial}').", errors);
        ShedOptions shed = policy.Shed.Over(options.Shed);
        Rule(shed.MinimumRetryAfter <= shed.MaximumRetryAfter,
            $"{path}:Shed:MinimumRetryAfter must be at most Shed:MaximumRetryAfter, {shed.MaximumRetryAfter:c} (was '{shed.MinimumRetryAfter:c}').", errors);
        Rule(shed.StatusCode != 504, $"{path}:Shed:StatusCode must not be 504 (was '504'): that says that the handler may have run, and a refusal promises that it did not.", errors);
        int timeoutStatus = policy.Timeout.Over(options.Timeout).StatusCode;
        Rule(timeoutStatus != 503 && timeoutStatus != shed.StatusCode,
            $"{path}:Timeout:StatusCode must differ from 503 and from Shed:StatusCode, {shed.StatusCode} (was '{timeoutStatus}'): one says that the handler may have run, the other that it did not.", errors);
    }

    private static void CheckNetworks(BackpressureOptions options, string path, List<string> errors)
    {
        for (int i = 0; i < options.Headers.TrustedNetworks.Count; i++)
        {
            string network = options.Headers.TrustedNetworks[i];
            Rule(IsNetwork(network), $"{path}:{OptionKeys.TrustedNetworks}:{i} must be a network such as 10.0.0.0/8, with no address bits below the prefix (was '{network}').", errors);
        }
    }

    /// <summary>Whether the text names a network exactly: .NET 10 cuts off address bits below the prefix in silence, and 10.1.2.3/8 trusts more than its writer may think.</summary>
    private static bool IsNetwork(string? text) =>
        IPNetwork.TryParse(text, out IPNetwork network) && IPAddress.TryParse(text.AsSpan(0, text!.IndexOf('/', StringComparison.Ordinal)), out IPAddress? address) && network.BaseAddress.Equals(address);

    private static void Check<TOwner>(OptionKey<TOwner>[] keys, TOwner owner, string path, List<string> errors)
    {
        foreach (OptionKey<TOwner> key in keys)
        {
            if (key.Offence(owner) is { } value)
            {
                errors.Add($"{path}:{key.Path} must be {key.Rule} (was '{value}').");
            }
        }
    }

    private static bool Missing(BackpressurePolicyOptions policy, string path, List<string> errors)
    {
        int before = errors.Count;
        Rule(policy.Limit is not null, $"{path}:Limit must not be null.", errors);
        Rule(policy.Queue is not null, $"{path}:Queue must not be null.", errors);
        Rule(policy.Timeout is not null, $"{path}:Timeout must not be null.", errors);
        Rule(policy.RetryBudget is not null, $"{path}:RetryBudget must not be null.", errors);
        Rule(policy.Shed is not null, $"{path}:Shed must not be null.", errors);
        return errors.Count > before;
    }

    private static bool MissingOfServer(BackpressureOptions options, string path, List<string> errors)
    {
        int before = errors.Count;
        Rule(options.Headers is not null, $"{path}:Headers must not be null.", errors);
        Rule(options.Headers is null || options.Headers.TrustedNetworks is not null, $"{path}:{OptionKeys.TrustedNetworks} must not be null.", errors);
        Rule(options.LongLived is not null, $"{path}:LongLived must not be null.", errors);
        return errors.Count > before;
    }

    private static void Rule(bool holds, string otherwise, List<string> errors)
    {
        if (!holds)
        {
            errors.Add(otherwise);
        }
    }
}
