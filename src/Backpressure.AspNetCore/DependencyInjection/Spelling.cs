namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is the fewest single-letter edits away (Levenshtein distance) for its length, letter case aside.</summary>
    public static string Nearest(string text, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => (double)Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant()) / Math.Max(text.Length, candidate.Length))!;

    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
