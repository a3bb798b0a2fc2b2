using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace DemoApi.Startup;

/// <summary>Turns what an operator can put right into lines for stderr; everything else is a defect and keeps its stack trace.</summary>
internal static class StartFailure
{
    private const string OtherAddress = "Choose another one, for example ASPNETCORE_URLS=http://localhost:8090 (the address for HTTP/2 is Http2__Url).";

    /// <summary>One line per error; none for a failure that no setting explains.</summary>
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        StartupException => [exception.Message],
        OptionsValidationException options => [.. options.Failures],
        IOException { InnerException: AddressInUseException } => [$"{exception.Message} {OtherAddress}"],
        IOException { InnerException: AggregateException } => [$"{exception.Message} {OtherAddress}"],
        SocketException => [$"The address to listen on cannot be had: {exception.Message}. {OtherAddress}"],
        _ => [],
    };
}
