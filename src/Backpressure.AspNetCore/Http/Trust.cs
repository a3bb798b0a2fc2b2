using System.Net;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Says which callers may raise their own standing and are told how the server stands: those of some networks, or those that the application's own code picks. Nothing that a request says makes its sender one of them.</summary>
internal sealed partial class Trust
{
    private readonly TrustedNetwork[] _networks;
    private readonly Func<HttpContext, bool>? _isTrusted;
    private readonly ILogger _logger;
    private readonly TimeoutClock _clock;
    private readonly LogThrottle _failures = new();

    private Trust(HeaderOptions options, ILogger logger, TimeoutClock clock)
    {
        _networks = [.. options.TrustedNetworks.Select(network => new TrustedNetwork(IPNetwork.Parse(network)))];
        _isTrusted = options.IsTrusted;
        _logger = logger;
        _clock = clock;
    }

    /// <summary>Whom the options trust; <see langword="null"/> for nobody, which costs a request nothing.</summary>
    public static Trust? By(HeaderOptions options, ILogger logger, TimeoutClock clock) =>
        options.IsTrusted is null && options.TrustedNetworks.Count == 0 ? null : new Trust(options, logger, clock);

    public bool Includes(HttpContext context) => _isTrusted is null ? IsInNetwork(TransportPeer.AddressOf(context)) : Asks(_isTrusted, context);

    private bool IsInNetwork(IPAddress? address)
    {
        if (address is not null)
        {
            foreach (TrustedNetwork network in _networks)
            {
                if (network.Contains(address))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool Asks(Func<HttpContext, bool> isTrusted, HttpContext context)
    {
        try
        {
            return isTrusted(context);
        }
        catch (Exception exception) // the application's own code; the request goes on as a stranger's (C8)
        {
            if (_failures.IsDue(_clock.Now, out long unreported))
            {
                Log.IsTrustedFailed(_logger, exception, unreported);
            }

            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Headers.IsTrusted threw; the caller counts as not trusted. So did {Unreported} others that were not reported.", EventName = "IsTrustedFailed")]
        public static partial void IsTrustedFailed(ILogger logger, Exception exception, long unreported);
    }
}
