using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

public class BackpressureLimiterOptionsTests
{
    public static TheoryData<BackpressureLimiterOptions, string> Mistakes => new()
    {
        { new() { Algorithm = (LimitAlgorithm)7 }, "BackpressureLimiterOptions.Algorithm must be Adaptive or Fixed (was 7)." },
        { new() { PermitLimit = 0 }, "BackpressureLimiterOptions.PermitLimit must be from 1 to 1000000 (was 0)." },
        { new() { PermitLimit = -1 }, "BackpressureLimiterOptions.PermitLimit must be from 1 to 1000000 (was -1)." },
        { new() { PermitLimit = 1_000_001 }, "BackpressureLimiterOptions.PermitLimit must be from 1 to 1000000 (was 1000001)." },
        { new() { MinimumLimit = 0 }, "BackpressureLimiterOptions.MinimumLimit must be from 1 to PermitLimit, 1000 (was 0)." },
        { new() { PermitLimit = 4, MinimumLimit = 5 }, "BackpressureLimiterOptions.MinimumLimit must be from 1 to PermitLimit, 4 (was 5)." },
        { new() { MinimumLimit = 10, InitialLimit = 9 }, "BackpressureLimiterOptions.InitialLimit must be from MinimumLimit, 10, to PermitLimit, 1000 (was 9)." },
        { new() { InitialLimit = 1_001 }, "BackpressureLimiterOptions.InitialLimit must be from MinimumLimit, 1, to PermitLimit, 1000 (was 1001)." },
        { new() { QueueLimit = -1 }, "BackpressureLimiterOptions.QueueLimit must be from 0 to 1000000 (was -1)." },
        { new() { QueueLimit = 1_000_001 }, "BackpressureLimiterOptions.QueueLimit must be from 0 to 1000000 (was 1000001)." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_rule_and_its_value(BackpressureLimiterOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new BackpressureLimiter(options)).Message);

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void An_order_that_does_not_exist_is_named_with_its_value(int order)
    {
        BackpressureLimiterOptions options = new() { QueueProcessingOrder = (QueueProcessingOrder)order };

        string message = Assert.Throws<ArgumentException>(() => new BackpressureLimiter(options)).Message;

        Assert.StartsWith("BackpressureLimiterOptions.QueueProcessingOrder must be ", message, StringComparison.Ordinal);
        Assert.EndsWith($"(was {order}).", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public void Both_orders_are_accepted(QueueProcessingOrder order)
    {
        using BackpressureLimiter limiter = new(new BackpressureLimiterOptions { QueueProcessingOrder = order });

        Assert.True(limiter.AttemptAcquire().IsAcquired);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1_000_000, 1_000_000, 1_000_000)]
    [InlineData(1_000_000, 1, 0)]
    public void The_ends_of_the_ranges_are_allowed(int permitLimit, int minimumLimit, int queueLimit)
    {
        BackpressureLimiterOptions options = new() { PermitLimit = permitLimit, MinimumLimit = minimumLimit, QueueLimit = queueLimit };

        using BackpressureLimiter limiter = new(options);

        Assert.Equal(options.InitialLimit, limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void Unset_members_are_what_their_documentation_says()
    {
        BackpressureLimiterOptions options = new();

        Assert.Equal((LimitAlgorithm.Adaptive, 1000, 1, 0), (options.Algorithm, options.PermitLimit, options.MinimumLimit, options.QueueLimit));
        Assert.Equal(QueueProcessingOrder.OldestFirst, options.QueueProcessingOrder);
        Assert.Equal(Math.Clamp(4 * Environment.ProcessorCount, 8, 1000), options.InitialLimit);
    }

    [Theory]
    [InlineData(1, 3, 3)]
    [InlineData(900, 1000, 900)]
    public void The_starting_limit_is_moved_between_minimum_and_maximum(int minimum, int maximum, int expected) =>
        Assert.Equal(expected, new BackpressureLimiterOptions { MinimumLimit = minimum, PermitLimit = maximum }.InitialLimit);
}
