namespace Backpressure.Http.Client;

/// <summary>Knows the handlers that retry or hedge by themselves. They are known by name, since the package depends on neither of theirs.</summary>
internal static class OtherRetries
{
    private static readonly string[] Names =
    [
        "Microsoft.Extensions.Http.Resilience.ResilienceHandler",
        "Microsoft.Extensions.Http.PolicyHttpMessageHandler",
    ];

    public static bool AreIn(IEnumerable<DelegatingHandler> handlers)
    {
        foreach (DelegatingHandler handler in handlers)
        {
            for (Type? type = handler.GetType(); type is not null; type = type.BaseType)
            {
                if (Names.Contains(type.FullName))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
