using Backpressure.AspNetCore.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

/// <summary>Holds each setting to its bounds: what is just inside is taken, what is just outside is refused with path, rule and value.</summary>
public sealed class OptionKeysTests
{
    private static readonly string[] Numbers = ["ten", "1.5", "1,5", "1e3", "0x10", "+", "99999999999999999999"];
    private static readonly string[] Spans = ["30", "0", "1.5", "soon", "::", "1:2:3:4:5"];
    private static readonly string[] NotFlags = ["yes", "1", "0", "on"];

    // path → valid texts, texts that cannot be read, and texts that can be but are out of bounds, with the value as the error shows it
    private static readonly Dictionary<string, (string[] Valid, string[] Unreadable, (string Text, string Shown)[] Outside)> Bounds = new()
    {
        ["Mode"] = (["Enforce", "off", "ENFORCE"], ["Maybe", "0", "-1", "Enforce, Off", "Enforce,Enforce"], []),
        ["Limit:Algorithm"] = (["Adaptive", "fixed"], ["Vegas", "1", "Adaptive,Fixed"], []),
        ["Limit:Initial"] = (["1", "1000000"], Numbers, [("0", "0"), ("-1", "-1"), ("1000001", "1000001")]),
        ["Limit:Minimum"] = (["1", "1000000"], Numbers, [("0", "0"), ("1000001", "1000001")]),
        ["Limit:Maximum"] = (["1", "1000000"], Numbers, [("0", "0"), ("1000001", "1000001"), ("2147483647", "2147483647")]),
        ["Queue:Capacity"] = (["0", "1000000"], Numbers, [("-1", "-1"), ("1000001", "1000001")]),
        ["Queue:Order"] = (["Adaptive", "oldestfirst", "NewestFirst"], ["Oldest", "2", "Adaptive|OldestFirst"], []),
        ["Queue:MaximumWait"] = (
            ["00:00:00.001", "1.00:00:00", "Infinite", "INFINITE", "-00:00:00.001"], Spans,
            [("00:00:00.0009999", "00:00:00.0009999"), ("00:00", "00:00:00"), ("1.00:00:00.0000001", "1.00:00:00.0000001"), ("-00:00:00.002", "-00:00:00.0020000"), ("24:00:00", "24.00:00:00")]),
        ["Queue:MaximumKeys"] = (["1", "1000000"], Numbers, [("0", "0"), ("1000001", "1000001")]),
        ["Timeout:Default"] = (["00:00:00.001", "1.00:00:00", "infinite"], Spans, [("00:00:00", "00:00:00"), ("1.00:00:00.0000001", "1.00:00:00.0000001")]),
        ["Timeout:Minimum"] = (["00:00:00.001", "00:01"], Spans, [("00:00:00.0009999", "00:00:00.0009999"), ("00:01:00.0000001", "00:01:00.0000001"), ("Infinite", "-00:00:00.0010000")]),
        ["Timeout:StatusCode"] = (["400", "599"], Numbers, [("399", "399"), ("600", "600")]),
        ["Timeout:AbortGrace"] = (["00:00:00", "01:00:00", "Infinite"], Spans, [("-00:00:01", "-00:00:01"), ("01:00:00.0000001", "01:00:00.0000001")]),
        ["RetryBudget:Ratio"] = (["0", "1", "0.5", "1e-3"], ["a tenth", "0,5", "10%"], [("-0.01", "-0.01"), ("1.01", "1.01"), ("NaN", "NaN"), ("Infinity", "Infinity")]),
        ["RetryBudget:MinimumPerSecond"] = (["0", "100000", "0.2"], ["many"], [("-1", "-1"), ("100000.5", "100000.5"), ("NaN", "NaN")]),
        ["RetryBudget:Window"] = (["00:00:01", "00:10:00"], Spans, [("00:00:00.9999999", "00:00:00.9999999"), ("00:10:00.0000001", "00:10:00.0000001"), ("Infinite", "-00:00:00.0010000")]),
        ["Shed:StatusCode"] = (["400", "599"], Numbers, [("399", "399"), ("600", "600"), ("200", "200")]),
        ["Shed:MinimumRetryAfter"] = (["00:00:00.001", "01:00:00"], Spans, [("00:00:00", "00:00:00"), ("01:00:00.0000001", "01:00:00.0000001")]),
        ["Shed:MaximumRetryAfter"] = (["00:00:00.001", "01:00:00"], Spans, [("00:00:00.0009999", "00:00:00.0009999"), ("01:00:00.0000001", "01:00:00.0000001"), ("Infinite", "-00:00:00.0010000")]),
        ["Shed:Body"] = (["ProblemDetails", "empty"], ["Html", "1"], []),
        ["Headers:ReadGrpc"] = (["true", "False"], NotFlags, []),
        ["Headers:ReadEnvoy"] = (["true", "False"], NotFlags, []),
        ["Headers:ReadOthers"] = (["true", "False"], NotFlags, []),
        ["Headers:EmitEnvoy"] = (["true", "False"], NotFlags, []),
        ["Headers:EmitLoadReport"] = (["true", "False"], NotFlags, []),
        ["LongLived:Maximum"] = (["1", "1000000"], Numbers, [("0", "0"), ("1000001", "1000001")]),
        ["AdjustThreadPool"] = (["true", "False"], NotFlags, []),
        ["DrainDelay"] = (["00:00:00", "01:00:00"], Spans, [("-00:00:00.0000001", "-00:00:00.0000001"), ("01:00:00.0000001", "01:00:00.0000001"), ("Infinite", "-00:00:00.0010000")]),
    };

    private static readonly string[] Known = [.. OptionKeys.Policy.Select(key => key.Path), .. OptionKeys.Server.Select(key => key.Path)];

    public static TheoryData<string> Paths => [.. Known];

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_is_inside_the_bounds_is_taken(string path) =>
        Assert.All(Bounds[path].Valid, text => Assert.DoesNotContain(Settings.Errors((path, text)), error => error.StartsWith(Rule(path), StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_is_just_outside_is_refused_with_path_rule_and_value(string path) =>
        Assert.All(Bounds[path].Outside, outside => Assert.Contains($"{Rule(path)} (was '{outside.Shown}').", Settings.Errors((path, outside.Text))));

    [Theory]
    [MemberData(nameof(Paths))]
    public void What_cannot_be_read_is_refused_with_path_rule_and_text(string path) =>
        Assert.All(Bounds[path].Unreadable, text => Assert.Equal([$"{Rule(path)} (was '{text}')."], Settings.Errors((path, text))));

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_same_holds_on_a_named_policy_where_it_may_stand_there(string path)
    {
        bool ofPolicy = OptionKeys.Policy.Any(key => key.Path == path);
        string wrong = Bounds[path].Unreadable[0];

        string error = Assert.Single(Settings.Errors(($"Policies:reads:{path}", wrong)));

        Assert.StartsWith(ofPolicy ? Rule(path).Replace("Backpressure:", "Backpressure:Policies:reads:", StringComparison.Ordinal) : $"Backpressure:Policies:reads:{path} is not a setting.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bounds_of_every_setting_are_held_here() =>
        Assert.Equal(Known.Order(), Bounds.Keys.Order());

    private static string Rule(string path)
    {
        string rule = OptionKeys.Policy.SingleOrDefault(key => key.Path == path)?.Rule ?? OptionKeys.Server.Single(key => key.Path == path).Rule;
        return $"Backpressure:{path} must be {rule}";
    }
}
