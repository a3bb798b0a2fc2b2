using System.Globalization;

namespace DemoApi.Tests.Hosting;

/// <summary>What <c>/metrics</c> said.</summary>
public sealed class MetricsText
{
    private readonly string[] _lines;

    private MetricsText(string text) => _lines = text.Split('\n');

    public static async Task<MetricsText> ReadAsync(HttpClient client) => new(await client.GetStringAsync("/metrics"));

    public bool HasFamily(string name) => _lines.Any(line => line.StartsWith($"# TYPE {name} ", StringComparison.Ordinal));

    /// <summary>The value of the one series with this name and at least these labels, such as <c>backpressure_policy="reads"</c>; fails when there is none or more than one.</summary>
    public double Value(string name, params string[] labels)
    {
        string line = Assert.Single(_lines, line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>A label of the one series with this name.</summary>
    public string Label(string name, string label)
    {
        string line = Assert.Single(_lines, line => line.StartsWith(name + "{", StringComparison.Ordinal));
        return line.Split($"{label}=\"")[1].Split('"')[0];
    }
}
