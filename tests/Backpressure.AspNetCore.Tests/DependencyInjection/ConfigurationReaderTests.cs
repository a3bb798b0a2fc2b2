using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void Without_configuration_the_defaults_hold() =>
        Assert.Equal(100, Settings.Read(new ServiceCollection().AddBackpressure()).Queue.Capacity);

    [Fact]
    public void A_misspelt_key_is_an_error_that_tells_what_was_meant() =>
        Assert.Equal(["Backpressure:Queue:Capcity is not a setting. Did you mean 'Queue:Capacity'?"], Settings.Errors(("Queue:Capcity", "5")));

    [Fact]
    public void A_misspelt_section_is_an_error_that_tells_what_was_meant() =>
        Assert.Equal(["Backpressure:Timeouts:Default is not a setting. Did you mean 'Timeout:Default'?"], Settings.Errors(("Timeouts:Default", "00:00:05")));

    [Theory]
    [InlineData("Limit:LimiterFactory")]
    [InlineData("Shed:OnShed")]
    [InlineData("FairnessKey")]
    [InlineData("Headers:IsTrusted")]
    public void What_only_code_can_set_says_so(string path) =>
        Assert.Equal([$"Backpressure:{path} can be set in code only: AddBackpressure(o => …)."], Settings.Errors((path, "anything")));

    [Fact]
    public void All_errors_are_told_at_once() => Assert.Equivalent(
        new[]
        {
            "Backpressure:Limit:Maximum must be a whole number from 1 to 1000000 (was 'many').",
            "Backpressure:Policies:reads:Queue:Capacity must be a whole number from 0 to 1000000 (was '-1').",
            "Backpressure:Queue:Capacity must be a whole number from 0 to 1000000 (was '-5').",
            "Backpressure:Qeue:Order is not a setting. Did you mean 'Queue:Order'?",
        },
        Settings.Errors(("Limit:Maximum", "many"), ("Queue:Capacity", "-5"), ("Qeue:Order", "Adaptive"), ("Policies:reads:Queue:Capacity", "-1")),
        strict: true);

    [Fact]
    public void Trusted_networks_are_a_list() => Assert.Equal(
        ["10.0.0.0/8", "fd00::/8"],
        Settings.Read(("Headers:TrustedNetworks:1", "fd00::/8"), ("Headers:TrustedNetworks:0", "10.0.0.0/8")).Headers.TrustedNetworks);

    [Fact]
    public void Trusted_networks_beyond_ten_stay_in_order() => Assert.Equal(
        Enumerable.Range(0, 12).Select(i => $"10.{i}.0.0/16"),
        Settings.Read([.. Enumerable.Range(0, 12).Select(i => ($"Headers:TrustedNetworks:{i}", (string?)$"10.{i}.0.0/16"))]).Headers.TrustedNetworks);

    [Fact]
    public void Trusted_networks_that_are_no_list_are_told_to_be_one() =>
        Assert.StartsWith("Backpressure:Headers:TrustedNetworks must be a list", Assert.Single(Settings.Errors(("Headers:TrustedNetworks", "10.0.0.0/8"))), StringComparison.Ordinal);

    [Fact]
    public void A_policy_holds_what_it_sets()
    {
        BackpressurePolicyOptions reads = Settings.Read(("Policies:reads:Limit:Maximum", "5"), ("Policies:reads:Timeout:Default", "00:00:02")).Policies["READS"];

        Assert.Equal(5, reads.Limit.Maximum);
        Assert.Equal(TimeSpan.FromSeconds(2), reads.Timeout.Default);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_policy_without_settings_exists_all_the_same(string? value) =>
        Assert.Equal(["reads"], Settings.Read(("Policies:reads", value)).Policies.Keys);

    [Fact]
    public void An_empty_object_of_a_file_is_a_policy_without_settings()
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes("""{ "Backpressure": { "Policies": { "reads": {}, "writes": { "Limit": { "Maximum": 3 } } } } }"""));
        IConfigurationRoot configuration = new ConfigurationBuilder().AddJsonStream(file).Build();

        BackpressureOptions options = Settings.Read(new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddBackpressure());

        Assert.Equal(["reads", "writes"], options.Policies.Keys.Order());
    }

    [Theory]
    [InlineData("Policies:reads")]
    [InlineData("Policies::Limit")]
    public void A_policy_that_is_a_text_or_has_no_name_is_an_error(string key) =>
        Assert.StartsWith($"Backpressure:{key} must be a policy with settings of its own", Settings.Errors((key, "5"))[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("default")]
    [InlineData("Default")]
    public void The_name_of_the_default_policy_is_taken(string name)
    {
        string error = Assert.Single(Settings.Errors(($"Policies:{name}:Limit:Maximum", "5")));

        Assert.StartsWith($"Backpressure:Policies:{name}: a policy must have a name of its own, other than 'default'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_of_the_server_on_a_policy_is_an_error() =>
        Assert.StartsWith("Backpressure:Policies:reads:DrainDelay is not a setting.", Assert.Single(Settings.Errors(("Policies:reads:DrainDelay", "00:00:01"))), StringComparison.Ordinal);

    [Theory] // an environment variable that was meant to hold a value
    [InlineData("Queue:Capacity", "Backpressure:Queue:Capacity must be a whole number from 0 to 1000000 (was '').")]
    [InlineData("Policies:reads:Limit:Maximum", "Backpressure:Policies:reads:Limit:Maximum must be a whole number from 1 to 1000000 (was '').")]
    [InlineData("DrainDelay", "Backpressure:DrainDelay must be a time span such as 00:00:01.500 from 00:00:00 to 01:00:00 (was '').")]
    public void An_empty_text_is_no_value(string key, string error) =>
        Assert.Equal([error], Settings.Errors((key, "")));

    [Theory] // as JSON providers write empty objects and lists
    [InlineData("Queue")]
    [InlineData("Headers:TrustedNetworks")]
    [InlineData("Policies")]
    [InlineData("Policies:reads")]
    [InlineData("Policies:reads:Limit")]
    public void An_empty_section_sets_nothing(string key) =>
        Assert.Empty(Settings.Errors((key, "")));

    [Fact]
    public void Code_comes_after_configuration_and_sees_what_it_set()
    {
        int seen = 0;

        BackpressureOptions options = Settings.Read(
            o =>
            {
                seen = o.Queue.Capacity;
                o.Queue.Capacity = 9;
            },
            ("Queue:Capacity", "5"));

        Assert.Equal((5, 9), (seen, options.Queue.Capacity));
    }

    [Fact]
    public void A_section_of_the_applications_choice_takes_the_place_of_the_usual_one()
    {
        IConfigurationRoot configuration = Settings.Configuration(("Backpressure:Queue:Capacity", "5"), ("Own:Dam:Queue:Capacity", "6"), ("Own:Dam:Limit:Minimum", "2"));

        BackpressureOptions options = Settings.Read(new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddBackpressure().AddBackpressure(configuration.GetSection("Own:Dam")));

        Assert.Equal((6, 2), (options.Queue.Capacity, options.Limit.Minimum));
    }

    [Fact]
    public void Errors_name_the_section_that_was_read()
    {
        IConfigurationRoot configuration = Settings.Configuration(("Own:Dam:Queue:Capacity", "-6"));

        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Settings.Read(new ServiceCollection().AddBackpressure(configuration.GetSection("Own:Dam"))));

        Assert.Equal(["Own:Dam:Queue:Capacity must be a whole number from 0 to 1000000 (was '-6')."], error.Failures);
    }

    [Fact]
    public void A_whole_configuration_in_place_of_its_section_is_one_error_that_tells_the_fix()
    {
        IConfigurationRoot configuration = Settings.Configuration(("AllowedHosts", "*"), ("PATH", "/bin"), ("Backpressure:Queue:Capacity", "5"));

        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Settings.Read(new ServiceCollection().AddBackpressure(configuration)));

        Assert.Contains("AddBackpressure(configuration.GetSection(\"Backpressure\"))", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_holds_nothing_but_the_settings_may_be_given_whole() =>
        Assert.Equal(5, Settings.Read(new ServiceCollection().AddBackpressure(Settings.Configuration(("Queue:Capacity", "5")))).Queue.Capacity);
}
