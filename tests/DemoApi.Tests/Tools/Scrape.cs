using System.Globalization;

namespace DemoApi.Tests.Tools;

/// <summary>What <c>/metrics</c> shows of the server at one moment.</summary>
internal sealed class Scrape
{
    private readonly string[] _samples;

    private Scrape(string text)
    {
        Text = text;
        _samples = [.. text.Split('\n').Where(line => line.StartsWith("backpressure_", StringComparison.Ordinal))];
    }

    /// <summary>The lines of our own instruments, comments included, as a linter wants them.</summary>
    public string Text { get; }

    public static async Task<Scrape> OfAsync(HttpClient client)
    {
        string all = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        IEnumerable<string> own = all.Split('\n').Where(line => line.StartsWith("backpressure_", StringComparison.Ordinal) || (line.StartsWith('#') && line.Contains(" backpressure_", StringComparison.Ordinal)));
        return new Scrape(string.Join('\n', own) + "\n");
    }

    /// <summary>Adds up the samples of a name that carry all the labels; there must be one at least.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels)
    {
        double[] values = [.. _samples
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains($"{label.Label}=\"{label.Value}\"", StringComparison.Ordinal)))
            .Select(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.True(values.Length > 0, $"no sample {name} with {string.Join(", ", labels)} in\n{Text}");
        return values.Sum();
    }
}
