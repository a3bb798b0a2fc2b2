using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;
using static Backpressure.AspNetCore.Tests.Http.Interop.InteropHandlers;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>What handlers do in their time, when it is over and when their client leaves.</summary>
internal static class HandlerCases
{
    private static readonly TimeSpan Ample = InteropCase.Short * 10; // to begin in, however busy the machine is

    private static readonly RequestTimeoutPolicy BriefDefault = new() { Timeout = InteropCase.Short };

    public static InteropCase[] All =>
    [
        new()
        {
            Name = "ends in time",
            Framework = "200 | in time",
            Handler = InTime,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
            OnHttp2 = true,
        },
        new()
        {
            Name = "throws in time",
            Framework = "500 | FormatException escapes",
            Handler = ThrowsAtOnce(new FormatException("a bug")),
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
        },
        new()
        {
            Name = "throws a cancellation of its own in time",
            Framework = "500 | cancellation escapes",
            Handler = ThrowsAtOnce(new OperationCanceledException("of something else")),
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
        },
        new() { Name = "throws a cancellation of something else late", Framework = "504", Handler = Throws(new OperationCanceledException("of something else")) },
        new() { Name = "throws another exception late", Framework = "500 | FormatException escapes", Handler = Throws(new FormatException("a bug")), OnHttp2 = true },
        new()
        {
            Name = "throws late what its driver makes of a cancellation",
            Framework = "500 | IOException escapes",
            Handler = Throws(new IOException("cancelled", new SocketException((int)SocketError.OperationAborted))),
        },
        new() { Name = "catches the cancellation and answers 200", Framework = "200 | late", Handler = Answers(200, "late") },
        new() { Name = "catches the cancellation and answers 409", Framework = "409 | late", Handler = Answers(409, "late"), OnHttp2 = true },
        new() { Name = "catches the cancellation and answers 204", Framework = "204", Handler = Answers(204, "") },
        new() { Name = "swallows the cancellation", Framework = "200", Handler = Swallows, OnHttp2 = true },
        new() { Name = "ignores its token for a while", Framework = "200 | late", Handler = Ignores(InteropCase.Short * 2) },
        new()
        {
            Name = "ignores its token for long",
            Framework = "200 | late",
            Handler = Ignores(Ample),
            Grace = InteropCase.Short,
            OnHttp2 = true,
        },
        new() { Name = "waits for the timeout's own token and answers", Framework = "200 | both", Handler = WaitsForTimeToken },
        new() { Name = "lets the timeout's own token out", Framework = "504", Handler = HonoursTimeToken },
        new()
        {
            Name = "takes the timeout away in time",
            Framework = "200 | free",
            Handler = Disables(Ample),
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(Ample),
        },
        new() { Name = "takes the timeout away too late", Framework = "504", Handler = DisablesLate },
        new() { Name = "has begun to answer", Framework = "broken off | cancellation escapes", Handler = Begins, OnHttp2 = true },
        new() { Name = "has begun to answer and ends all the same", Framework = "200 | half and half", Handler = BeginsAndEnds, OnHttp2 = true },
        new()
        {
            Name = "has begun to answer under the default policy",
            Framework = "broken off | cancellation escapes",
            Handler = BeginsAndGoesOn,
            Options = static options => options.DefaultPolicy = BriefDefault,
            Map = static (routes, handler) => routes.MapGet("/", handler),
            OnHttp2 = true,
        },
        new() { Name = "has buffered a part of its answer", Framework = "504 | half", Handler = Buffers },
        new()
        {
            Name = "has a client who leaves",
            Framework = "left | one token | cancellation escapes",
            Handler = NoticesLeaving,
            Map = static (routes, handler) => routes.MapGet("/", handler).WithRequestTimeout(InteropCase.Long),
            IsLeft = true,
            OnHttp2 = true,
        },
    ];
}
