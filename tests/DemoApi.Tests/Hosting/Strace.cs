namespace DemoApi.Tests.Hosting;

/// <summary>Runs a server under strace.</summary>
internal static class Strace
{
    /// <summary>The command to start a server with, for <see cref="DemoProcess"/>.</summary>
    /// <param name="trace">The file for what it sees.</param>
    /// <param name="options">What it is to see, and to change.</param>
    public static IReadOnlyList<string> Command(string trace, params IEnumerable<string> options) =>
    [
        "strace",
        "-D", // the server is our child and the tracer is not, so that a signal to our child reaches the server
        "-f",
        "--seccomp-bpf", // only the calls that are traced stop the server
        "-o", trace,
        .. options,
    ];
}
