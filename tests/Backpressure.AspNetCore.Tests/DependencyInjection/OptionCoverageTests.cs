using System.Collections;
using System.Globalization;
using System.Reflection;
using Backpressure.AspNetCore.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Holds the keys against the options themselves: none is forgotten, and each sets the option of its own name.</summary>
public sealed class OptionCoverageTests
{
    // a value for each key that differs from its default and moves no other default
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["Mode"] = "Off",
        ["Limit:Algorithm"] = "Fixed",
        ["Limit:Initial"] = "77",
        ["Limit:Minimum"] = "2",
        ["Limit:Maximum"] = "2000",
        ["Queue:Capacity"] = "7",
        ["Queue:Order"] = "OldestFirst",
        ["Queue:MaximumWait"] = "00:00:07",
        ["Queue:MaximumKeys"] = "7",
        ["Timeout:Default"] = "00:00:07",
        ["Timeout:Minimum"] = "00:00:07",
        ["Timeout:StatusCode"] = "408",
        ["Timeout:AbortGrace"] = "00:00:07",
        ["RetryBudget:Ratio"] = "0.7",
        ["RetryBudget:MinimumPerSecond"] = "0.7",
        ["RetryBudget:Window"] = "00:00:07",
        ["Shed:StatusCode"] = "429",
        ["Shed:MinimumRetryAfter"] = "00:00:07",
        ["Shed:MaximumRetryAfter"] = "00:00:07",
        ["Shed:Body"] = "Empty",
        ["Headers:ReadGrpc"] = "False",
        ["Headers:ReadEnvoy"] = "False",
        ["Headers:ReadOthers"] = "True",
        ["Headers:EmitEnvoy"] = "True",
        ["Headers:EmitLoadReport"] = "True",
        ["LongLived:Maximum"] = "7",
        ["AdjustThreadPool"] = "False",
        ["DrainDelay"] = "00:00:07",
    };

    public static TheoryData<string> Paths => [.. Samples.Keys];

    [Fact]
    public void Every_option_that_can_be_set_has_a_key_or_can_be_set_in_code_only()
    {
        IEnumerable<string> known = [.. OptionKeys.Policy.Select(key => key.Path), .. OptionKeys.Server.Select(key => key.Path), .. OptionKeys.CodeOnly, OptionKeys.TrustedNetworks];

        Assert.Equal(Leaves(new BackpressureOptions()).Select(leaf => leaf.Path).Order(), known.Order());
    }

    [Fact]
    public void Every_option_of_a_policy_has_a_key_for_policies()
    {
        IEnumerable<string> known = [.. OptionKeys.Policy.Select(key => key.Path), .. OptionKeys.CodeOnly.Where(path => !path.StartsWith("Headers", StringComparison.Ordinal))];

        Assert.Equal(Leaves(new BackpressurePolicyOptions()).Select(leaf => leaf.Path).Order(), known.Order());
    }

    [Fact]
    public void Every_key_has_a_sample_here() =>
        Assert.Equal(OptionKeys.Policy.Select(key => key.Path).Concat(OptionKeys.Server.Select(key => key.Path)).Order(), Samples.Keys.Order());

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_key_sets_the_option_of_its_name_and_no_other(string path) =>
        Assert.Equal([(path, Samples[path])], Changes(new BackpressureOptions(), Settings.Read((path, Samples[path]))));

    [Theory]
    [MemberData(nameof(Paths))]
    public void On_a_policy_it_sets_that_of_the_policy_and_leaves_the_servers_alone(string path)
    {
        if (OptionKeys.Policy.All(key => key.Path != path))
        {
            Assert.Contains("is not a setting", Assert.Single(Settings.Errors(($"Policies:reads:{path}", Samples[path]))), StringComparison.Ordinal);
            return;
        }

        bool needsAdaptive = path is "Limit:Initial" or "Limit:Minimum";
        BackpressureOptions options = Settings.Read(($"Policies:reads:{path}", Samples[path]), (needsAdaptive ? "Policies:reads:Limit:Algorithm" : "Ignored", needsAdaptive ? "Adaptive" : null));

        Assert.Equal([(path, Samples[path])], Changes(new BackpressurePolicyOptions(), options.Policies["reads"]));
        Assert.Empty(Changes(new BackpressureOptions(), options));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Keys_ignore_case(string path) =>
        Assert.Equal([(path, Samples[path])], Changes(new BackpressureOptions(), Settings.Read((path.ToUpperInvariant(), Samples[path]))));

    private static (string Path, string Value)[] Changes(BackpressurePolicyOptions before, BackpressurePolicyOptions after) =>
        [.. Leaves(before).Zip(Leaves(after)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => (pair.First.Path, pair.Second.Value))];

    /// <summary>Every option that holds a value of its own, with its path.</summary>
    private static IEnumerable<(string Path, string Value)> Leaves(object owner, string prefix = "") =>
        owner.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.Name != "Policies" && !IsHidden(property, owner.GetType()))
            .SelectMany(property => property.PropertyType is { IsClass: true, Namespace: "Backpressure.AspNetCore" }
                ? Leaves(property.GetValue(owner)!, $"{prefix}{property.Name}:")
                : [($"{prefix}{property.Name}", Text(property.GetValue(owner)))]);

    /// <summary>Whether a property of the same name nearer to the type stands before it.</summary>
    private static bool IsHidden(PropertyInfo property, Type owner) =>
        property.DeclaringType != owner && owner.GetProperty(property.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly) is not null;

    private static string Text(object? value) => value is IList list ? string.Join(',', list.Cast<object>()) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
