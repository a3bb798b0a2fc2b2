using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

/// <summary>Of which contents nothing is left once they were sent.</summary>
public class SpentContentTests
{
    [Fact]
    public void A_stream_that_can_go_back_is_left_and_stays_as_it_was_when_it_is_looked_at()
    {
        using var content = new StreamContent(new MemoryStream([1, 2]));

        Assert.False(RetryRules.IsSpentBySending(content));
        Assert.False(content.Headers.NonValidated.Contains("Content-Length"));
        Assert.False(RetryRules.IsSpentBySending(content));
    }

    [Fact]
    public void One_that_cannot_is_not_even_if_its_length_is_stated()
    {
        using var content = new StreamContent(new OneWayStream("gone"));
        Assert.True(RetryRules.IsSpentBySending(content));

        content.Headers.ContentLength = 4;
        Assert.True(RetryRules.IsSpentBySending(content));
        Assert.Equal(4, content.Headers.ContentLength);
    }

    [Fact]
    public async Task One_that_was_loaded_into_memory_is_left()
    {
        using var content = new StreamContent(new OneWayStream("kept"));
        await content.LoadIntoBufferAsync();

        Assert.False(RetryRules.IsSpentBySending(content));
    }

    [Fact]
    public void A_part_that_is_spent_spends_the_whole()
    {
        using var whole = new MultipartContent { new StringContent("a"), new StreamContent(new OneWayStream("b")) };
        using var other = new MultipartContent { new StringContent("a"), new StreamContent(new MemoryStream([1])) };

        Assert.True(RetryRules.IsSpentBySending(whole));
        Assert.False(RetryRules.IsSpentBySending(other));
        Assert.False(RetryRules.IsSpentBySending(null));
    }
}
