using Backpressure.AspNetCore.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.DependencyInjection;

public sealed class SpellingTests
{
    private static readonly string[] Known = [.. OptionKeys.Policy.Select(key => key.Path), .. OptionKeys.Server.Select(key => key.Path)];

    [Theory]
    [InlineData("Queue:Capacty", "Queue:Capacity")]
    [InlineData("queue:maxwait", "Queue:MaximumWait")]
    [InlineData("Limits:Maximum", "Limit:Maximum")]
    [InlineData("Queu:Order", "Queue:Order")]
    [InlineData("Mod", "Mode")]
    public void What_was_meant_is_found(string written, string meant)
    {
        Assert.Equal(meant, Spelling.Nearest(written, Known));
    }

    [Fact]
    public void A_long_text_is_not_taken_for_a_short_setting_only_because_that_is_short()
    {
        Assert.NotEqual("Mode", Spelling.Nearest("Queu:X", Known));
    }
}
