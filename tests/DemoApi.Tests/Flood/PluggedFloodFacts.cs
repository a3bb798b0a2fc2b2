using System.Threading.RateLimiting;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>What must be true when a limiter of the application stands in the place of gate and queue: the same, except that it does not tell how full its queue is.</summary>
public abstract class PluggedFloodFacts : PatientFloodFacts
{
    private protected PluggedFloodFacts(FloodOutcome outcome, ITestOutputHelper output)
        : base(outcome, output)
    {
    }

    [Fact]
    public void The_limiter_of_the_application_decides()
    {
        Assert.Null(Outcome.After.Limit);
        Assert.Null(Outcome.After.QueueCapacity);
    }

    internal static FloodSetup SetupFor(Version version) => new()
    {
        Version = version,
        Duration = TimeSpan.FromSeconds(2),
        Limiter = static setup => new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = setup.Permits,
            QueueLimit = setup.QueueCapacity,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }),
    };
}
