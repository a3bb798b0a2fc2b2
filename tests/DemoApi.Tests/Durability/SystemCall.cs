namespace DemoApi.Tests.Durability;

/// <summary>A system call as strace saw it. What happened before what is told by line numbers: a thread stands still while its line is written.</summary>
/// <param name="Name">Such as <c>fsync</c>.</param>
/// <param name="File">What its descriptor stands for: a path, or the two ends of a connection.</param>
/// <param name="Arguments">The rest of its arguments, as text.</param>
/// <param name="Began">The line at which it began.</param>
/// <param name="Ended">The line at which it returned.</param>
/// <param name="Succeeded">Whether it returned without an error.</param>
internal sealed record SystemCall(string Name, string File, string Arguments, int Began, int Ended, bool Succeeded);
