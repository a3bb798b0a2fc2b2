namespace DemoApi.Tests.Load;

/// <summary>Repeats a run when its generator fell behind, as happens on a machine that others use, too.</summary>
internal static class ValidRun
{
    public const int Tries = 3;

    /// <param name="run">Runs it.</param>
    /// <param name="reportOf">What its generator did.</param>
    /// <param name="allowed">How late the generator may be, where what is judged takes seconds; else <see cref="LoadReport.AllowedLateness"/>.</param>
    /// <exception cref="InvalidRunException">The generator fell behind each time.</exception>
    public static async Task<T> OfAsync<T>(Func<Task<T>> run, Func<T, LoadReport> reportOf, TimeSpan? allowed = null)
    {
        TimeSpan lateness = allowed ?? LoadReport.AllowedLateness;
        List<LoadReport> invalid = [];
        while (invalid.Count < Tries)
        {
            T result = await run();
            if (reportOf(result).IsWithin(lateness))
            {
                return result;
            }

            invalid.Add(reportOf(result));
        }

        throw new InvalidRunException(lateness, invalid);
    }
}
