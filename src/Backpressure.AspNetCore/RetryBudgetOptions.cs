namespace Backpressure.AspNetCore;

/// <summary>How many retries are let in while the service is saturated (while there is room, all are), and how many refusals say <c>X-Should-Retry: true</c>: per <see cref="Window"/> at most
/// <see cref="Ratio"/> of the first attempts that came, or what <see cref="MinimumPerSecond"/> gives in as long, if that is more.</summary>
/// <remarks>On a named policy, members that are not set there are those of the default policy. Each policy has a budget of its own.</remarks>
public class RetryBudgetOptions
{
    private double? _ratio;
    private double? _minimumPerSecond;
    private TimeSpan? _window;

    /// <summary>Retries let in for each admitted first attempt. The 10% of Google's SRE book, chapter 21.</summary>
    /// <value>From 0 to 1. Default 0.1.</value>
    public double Ratio
    {
        get => _ratio ?? 0.1;
        set => _ratio = value;
    }

    /// <summary>Retries let in per second whatever the traffic; paced, never saved up to a burst.</summary>
    /// <value>From 0 to 100,000 per second. Default 1.</value>
    public double MinimumPerSecond
    {
        get => _minimumPerSecond ?? 1;
        set => _minimumPerSecond = value;
    }

    /// <summary>How long a first attempt counts, and a ticket.</summary>
    /// <value>From 1 second to 10 minutes. Default 10 seconds.</value>
    public TimeSpan Window
    {
        get => _window ?? TimeSpan.FromSeconds(10);
        set => _window = value;
    }

    internal RetryBudgetOptions Over(RetryBudgetOptions inherited) => new()
    {
        _ratio = _ratio ?? inherited._ratio,
        _minimumPerSecond = _minimumPerSecond ?? inherited._minimumPerSecond,
        _window = _window ?? inherited._window,
    };
}
