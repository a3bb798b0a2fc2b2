namespace Backpressure.Simulation.Running;

internal enum ReportForm
{
    /// <summary>Tables to be read on a terminal.</summary>
    Tables,

    Json,

    Markdown,
}
