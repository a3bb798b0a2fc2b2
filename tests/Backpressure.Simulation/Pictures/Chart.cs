namespace Backpressure.Simulation.Pictures;

/// <summary>One chart of a picture.</summary>
/// <param name="Title">What it shows, with the unit.</param>
/// <param name="Across">What goes across.</param>
/// <param name="IsLogarithmic">Whether equal steps upwards are equal ratios.</param>
/// <param name="Lines">Its curves.</param>
internal sealed record Chart(string Title, string Across, bool IsLogarithmic, Line[] Lines);
