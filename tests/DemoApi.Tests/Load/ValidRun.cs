using System.Globalization;

namespace DemoApi.Tests.Load;

/// <summary>Repeats a run when its generator fell behind, as happens on a machine that others use, too.</summary>
internal static class ValidRun
{
    public const int Tries = 3;

    /// <param name="run">Runs it.</param>
    /// <param name="reportOf">What its generator did.</param>
    /// <param name="allowed">How late the generator may be, where what is judged takes seconds; else <see cref="LoadReport.AllowedLateness"/>.</param>
    /// <exception cref="InvalidRunException">The generator fell behind each time.</exception>
    public static Task<T> OfAsync<T>(Func<Task<T>> run, Func<T, LoadReport> reportOf, TimeSpan? allowed = null)
    {
        TimeSpan lateness = allowed ?? LoadReport.AllowedLateness;
        return OfAsync(run, result => reportOf(result).IsWithin(lateness), result => reportOf(result).ToString(), lateness);
    }

    /// <param name="run">Runs it.</param>
    /// <param name="latenessOf">By how much the one that sends and measures fell behind at worst.</param>
    /// <param name="allowed">How late that one may be.</param>
    /// <exception cref="InvalidRunException">It fell behind each time.</exception>
    public static Task<T> OfAsync<T>(Func<Task<T>> run, Func<T, TimeSpan> latenessOf, TimeSpan allowed) => OfAsync(
        run,
        result => latenessOf(result) <= allowed,
        result => string.Create(CultureInfo.InvariantCulture, $"late by {latenessOf(result).TotalMilliseconds:F1} ms"),
        allowed);

    private static async Task<T> OfAsync<T>(Func<Task<T>> run, Func<T, bool> isValid, Func<T, string> describe, TimeSpan allowed)
    {
        List<string> invalid = [];
        while (invalid.Count < Tries)
        {
            T result = await run();
            if (isValid(result))
            {
                return result;
            }

            invalid.Add(describe(result));
        }

        throw new InvalidRunException(allowed, invalid);
    }
}
