namespace DemoApi.Tests.Load;

/// <summary>Tells that a generator could not keep its schedule, twice: the run says nothing about the server.</summary>
internal sealed class InvalidRunException : Exception
{
    public InvalidRunException(LoadReport first, LoadReport second)
        : base($"INVALID, not failed: the generator fell behind twice (allowed lateness p99 {LoadReport.AllowedLateness.TotalMilliseconds:F0} ms). First: {first}. Second: {second}.")
    {
    }
}
