using System.Globalization;

namespace DemoApi.Tests.Load;

/// <summary>Chooses the seed of a schedule: another one each time, or the one of <c>BACKPRESSURE_SEED</c>, to repeat a run whose report shows it.</summary>
internal static class Seed
{
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("BACKPRESSURE_SEED"), CultureInfo.InvariantCulture, out int chosen) ? chosen : Random.Shared.Next();
}
