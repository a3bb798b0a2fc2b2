using Backpressure.AspNetCore.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Settings that do not act in this version are named at start, so that nobody relies on one unawares.</summary>
public sealed class DormantTests
{
    [Fact]
    public void Defaults_and_settings_that_act_are_not_named()
    {
        BackpressureOptions options = new() { Limit = { Algorithm = LimitAlgorithm.Fixed, Maximum = 5 }, Headers = { ReadGrpc = false, ReadEnvoy = false, ReadOthers = true, EmitEnvoy = true, TrustedNetworks = ["10.0.0.0/8"], IsTrusted = _ => true }, Policies = { ["reads"] = new() { Queue = { Capacity = 3 } } } };

        Assert.Empty(Dormant.In(options));
    }

    [Fact]
    public void What_does_not_act_is_named_with_its_path()
    {
        BackpressureOptions options = new()
        {
            DrainDelay = TimeSpan.FromSeconds(10),
            Headers = { EmitLoadReport = true },
            Queue = { Order = QueueOrder.NewestFirst, MaximumKeys = 5 },
            Policies = new Dictionary<string, BackpressurePolicyOptions> { ["reads"] = new() { FairnessKey = _ => "tenant" } },
        };

        Assert.Equal(["Headers:EmitLoadReport", "DrainDelay", "Queue:MaximumKeys", "Policies:reads:FairnessKey"], Dormant.In(options));
    }

    [Fact]
    public void Names_of_policies_ignore_case_in_a_dictionary_of_the_application_too()
    {
        BackpressureOptions options = new() { Policies = new Dictionary<string, BackpressurePolicyOptions> { ["Reads"] = new() } };

        Assert.True(options.Policies.ContainsKey("READS"));
    }
}
