using Backpressure.AspNetCore;
using DemoApi.Tests.Clients;
using Xunit.Abstractions;

namespace DemoApi.Tests.Storms;

/// <summary>A service loses three quarters of its capacity for some seconds. Whether it recovers after that depends on the retries of its clients.</summary>
[Collection(TimingSensitive.Name)]
public sealed class MetastabilityTests(ITestOutputHelper output)
{
    [Fact] // R10, R9
    public async Task Our_server_and_our_client_recover_and_no_retry_is_sent_that_no_first_attempt_paid_for()
    {
        await using FactoryClient client = FactoryClient.With(options => options.Timeout = TimeSpan.FromSeconds(5));

        StormOutcome storm = await Storm.RunAsync(LimitAlgorithm.Fixed, () => client.Handler);

        output.WriteLine(storm.ToString());
        Assert.True(storm.Goodput(storm.Fell, storm.Returned) < 0.9, "the trigger triggered nothing");
        double after = storm.Goodput(storm.Returned + StormTiming.RecoversWithin, StormTiming.Over);
        Assert.True(after >= 0.9, $"{after:P1} of the calls were served in time from {StormTiming.RecoversWithin.TotalSeconds} s after the trigger on"); // 100% on a machine that is left alone
        Assert.True(storm.Amplification <= 1.11, $"{storm.Amplification:F3} tries arrived for each call");
        Assert.True(storm.Retries <= 0.11 * (storm.Arrived - storm.Retries), $"{storm.Retries} retries arrived beside {storm.Arrived - storm.Retries} first attempts");
    }

    [Fact] // R10, the control
    public async Task Without_them_the_service_works_for_nobody_and_stays_down()
    {
        StormOutcome storm = await Storm.RunAsync(limit: null, NaiveRetries.OnSockets);

        output.WriteLine(storm.ToString());
        Assert.True(storm.Goodput(TimeSpan.Zero, StormTiming.Begins) > 0.95, "it was down before the trigger");
        double after = storm.Goodput(storm.Returned, StormTiming.Over);
        Assert.True(after < 0.5, $"{after:P1} of the calls were served in time after the trigger: it proves nothing");
    }
}
