namespace DemoApi.Endpoints;

/// <summary>Makes the problem documents (RFC 9457) that name the input, the rule and the fix.</summary>
internal static class Problems
{
    /// <param name="input">The part of the request that breaks a rule; machines find it under <c>input</c>.</param>
    /// <param name="detail">What the rule is and how to follow it.</param>
    /// <param name="status">The status, 400 to 499.</param>
    public static IResult BadInput(string input, string detail, int status = StatusCodes.Status400BadRequest) =>
        TypedResults.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["input"] = input });

    public static IResult NoSuchKey() =>
        TypedResults.Problem("No value is stored under this key. PUT one there, or list the keys with GET /kv.", statusCode: StatusCodes.Status404NotFound);
}
