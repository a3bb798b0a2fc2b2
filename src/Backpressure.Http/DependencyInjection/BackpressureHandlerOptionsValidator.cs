using System.Globalization;
using Microsoft.Extensions.Options;

namespace Backpressure.Http.DependencyInjection;

/// <summary>Checks the options of one client and names every fault at once: the client, the option, the rule and the value.</summary>
internal sealed class BackpressureHandlerOptionsValidator : IValidateOptions<BackpressureHandlerOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, BackpressureHandlerOptions options)
    {
        var faults = new List<string>();
        void Require(bool holds, string option, string rule, object value)
        {
            if (!holds)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"Backpressure handler of HTTP client '{name}': {option} must be {rule} (was {value})."));
            }
        }

        Require(
            options.Timeout >= TimeSpan.FromMilliseconds(1) && options.Timeout <= Day,
            nameof(options.Timeout), "between 00:00:00.001 and 1.00:00:00", options.Timeout);
        Require(options.MaximumAttempts is >= 1 and <= 100, nameof(options.MaximumAttempts), "between 1 and 100", options.MaximumAttempts);
        Require(options.RetryRatio is >= 0 and <= 1, nameof(options.RetryRatio), "between 0 and 1", options.RetryRatio);
        Require(
            options.MinimumRetriesPerSecond is >= 0 and <= 100_000,
            nameof(options.MinimumRetriesPerSecond), "between 0 and 100000", options.MinimumRetriesPerSecond);
        Require(
            options.RetryWindow >= TimeSpan.FromSeconds(1) && options.RetryWindow <= TimeSpan.FromHours(1),
            nameof(options.RetryWindow), "between 00:00:01 and 01:00:00", options.RetryWindow);
        Require(options.MaximumDelay >= TimeSpan.Zero && options.MaximumDelay <= Day, nameof(options.MaximumDelay), "between 00:00:00 and 1.00:00:00", options.MaximumDelay);
        Require(
            options.BaseDelay >= TimeSpan.Zero && options.BaseDelay <= options.MaximumDelay,
            nameof(options.BaseDelay), $"between 00:00:00 and {nameof(options.MaximumDelay)}, which is {options.MaximumDelay},", options.BaseDelay);

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
