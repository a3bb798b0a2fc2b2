namespace Backpressure.Tests;

/// <summary>Reads the tables of a document.</summary>
internal static class MarkdownTable
{
    /// <summary>The cells of every row below a header whose first cell is <paramref name="firstHeader"/>, of all such tables.</summary>
    public static List<string[]> Rows(string document, string firstHeader)
    {
        List<string[]> rows = [];
        bool inside = false;
        foreach (string line in document.Split('\n'))
        {
            if (!line.StartsWith('|'))
            {
                inside = false;
                continue;
            }

            string[] cells = [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
            if (cells[0] == firstHeader)
            {
                inside = true;
            }
            else if (inside && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                rows.Add(cells);
            }
        }

        return rows;
    }

    public static string Code(string cell) => cell.Trim('`');
}
