namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>How much the longest tests do: what was promised where <c>BACKPRESSURE_TOOLS</c> is 1, a tenth of it in a plain <c>dotnet test</c>; programs made by chance many more where <c>BACKPRESSURE_FULL</c> is 1.</summary>
internal static class Heavy
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("BACKPRESSURE_TOOLS") == "1";

    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("BACKPRESSURE_FULL") == "1";

    public static int Operations { get; } = IsOn ? 10_000_000 : 1_000_000;
}
