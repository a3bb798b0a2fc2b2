using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Report;

/// <summary>Puts tables into a document, between the two lines that mark their place.</summary>
internal static class MarkedDocument
{
    public const string Begin = "<!-- tournament: begin -->";
    public const string End = "<!-- tournament: end -->";

    /// <exception cref="ScenarioException">It cannot be read or written, or has no such place.</exception>
    public static void Replace(string file, string text)
    {
        try
        {
            string document = File.ReadAllText(file);
            int begin = document.IndexOf(Begin, StringComparison.Ordinal);
            int end = document.IndexOf(End, StringComparison.Ordinal);
            if (begin < 0 || end < begin)
            {
                throw new ScenarioException(file, [$"has no place for the tables. Add the lines '{Begin}' and '{End}'."]);
            }

            File.WriteAllText(file, $"{document[..(begin + Begin.Length)]}\n{text}{document[end..]}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException(file, [$"cannot be changed: {failure.Message}"]);
        }
    }
}
