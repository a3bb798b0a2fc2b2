namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>Every case in which the two middlewares reply differently, by what docs/timeouts.md calls the difference.</summary>
internal static class InteropDifferences
{
    private const string Problem = "504 | Cache-Control: no-store | problem 504";
    private const string NotStarted = "the host does not start";

    public static InteropDifference[] All { get; } =
    [
        .. Of("An answer that nobody writes", Problem,
            "attribute with milliseconds", "attribute with a name", "time span", "policy object", "policy by name", "default policy", "default policy without an endpoint",
            "endpoint within a group of another time", "timeout of a group", "throws a cancellation of something else late", "lets the timeout's own token out",
            "takes the timeout away too late", "exception handler outside", "problem service", "middleware that stands there twice"),
        .. Of("An answer that nobody writes", "408 | Cache-Control: no-store | problem 408", "status 408"),
        .. Of("An answer that nobody writes", "503 | Cache-Control: no-store | problem 503", "status 503"),
        .. Of("Status code pages outside", Problem, "status pages outside"),
        .. Of("What `WriteTimeoutResponse` writes", "504 | Cache-Control: no-store | written", "policy that writes"),
        .. Of("What `WriteTimeoutResponse` writes", "408 | Cache-Control: no-store | written", "policy that writes with a status"),
        .. Of("What `WriteTimeoutResponse` writes", "503 | Cache-Control: no-store | written", "default policy that writes"),
        .. Of("What `WriteTimeoutResponse` writes", "504 | Cache-Control: no-store", "policy that writes nothing"),
        .. Of("`WriteTimeoutResponse` that passes `RequestAborted` on", "504 | Cache-Control: no-store | written", "policy that writes with the token of the request"),
        .. Of("`WriteTimeoutResponse` that throws", Problem, "policy whose writer throws"),
        .. Of("Another exception after the deadline", Problem,
            "throws another exception late", "throws late what its driver makes of a cancellation", "exception handler outside of another exception"),
        .. Of("A handler that swallows its cancellation and returns nothing", Problem, "swallows the cancellation"),
        .. Of("A handler that swallows its cancellation and returns nothing", "504 | Cache-Control: no-store | written", "policy that writes for a swallowed cancellation"),
        .. Of("An exception handler inside", Problem, "exception handler inside"),
        .. Of("A cancellation after the answer has begun", "broken off", "has begun to answer"),
        .. Of("An answer that has begun and is ended after the deadline", "broken off", "has begun to answer and ends all the same"),
        .. Of("An answer that has begun before a default timeout", "200 | half and half", "has begun to answer under the default policy"),
        .. Of("A part of the answer in the server's buffer", "broken off", "has buffered a part of its answer"),
        .. Of("A handler that ignores its token", "broken off", "ignores its token for long"),
        .. Of("An endpoint for which nobody set a timeout", "200 | feature", "nothing said"),
        .. Of("The caller's `Request-Timeout-Ms`", "503 | Cache-Control: no-store | problem 503", "time stated by the caller"),
        .. Of("A policy name that `RequestTimeoutOptions` does not define", NotStarted, "name that no options define"),
        .. Of("A timeout of zero", NotStarted, "time of zero"),
    ];

    private static IEnumerable<InteropDifference> Of(string what, string backpressure, params string[] cases) =>
        cases.Select(one => new InteropDifference(what, one, backpressure));
}
