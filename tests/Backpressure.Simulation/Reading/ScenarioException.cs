namespace Backpressure.Simulation.Reading;

/// <summary>A file that is no scenario; the message has a line for each thing that is wrong with it.</summary>
internal sealed class ScenarioException : Exception
{
    public ScenarioException(string file, IReadOnlyList<string> errors)
        : base(string.Join(Environment.NewLine, errors.Select(error => $"{file}: {error}"))) => Errors = errors;

    /// <summary>One for each thing, with its path in the document, the rule and the fix.</summary>
    public IReadOnlyList<string> Errors { get; }
}
