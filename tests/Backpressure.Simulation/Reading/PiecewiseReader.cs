using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads a value that changes at given times.</summary>
internal static class PiecewiseReader
{
    private const double Latest = 1e6;

    /// <param name="node">The list; <see langword="null"/> if it is missing, which was noted then.</param>
    /// <param name="key">What the value is called in its items.</param>
    /// <param name="read">Reads the value of an item.</param>
    public static Piecewise Read(DocumentNode? node, string key, Func<DocumentNode, double> read)
    {
        string example = $$"""[ { "fromSecond": 0, "{{key}}": 4 } ]""";
        DocumentNode[] items = node?.Items(example) ?? [];
        double[] from = new double[items.Length];
        double[] values = new double[items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (!items[i].IsObject("fromSecond", key))
            {
                continue;
            }

            DocumentNode? second = items[i].Required("fromSecond", "0");
            from[i] = second?.Number(0, Latest, "0") ?? 0;
            values[i] = items[i].Required(key, "4") is { } value ? read(value) : 0;
            if (i == 0 && from[i] > 0)
            {
                second!.Note("must be 0 in the first item of a list: a value must be known from the start.");
            }
            else if (i > 0 && from[i] <= from[i - 1])
            {
                second?.Note($"must be above that of the item before, which is {from[i - 1]}: the items are in the order of time.");
            }
        }

        return items.Length == 0 ? new Piecewise([0], [0]) : new Piecewise(from, values);
    }
}
