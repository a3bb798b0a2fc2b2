namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>Somebody who comes when there should be no room. Who gets in all the same fails the test at once, rather than when the client's patience ends.</summary>
internal static class Newcomer
{
    /// <summary>Comes, and must be refused.</summary>
    public static async Task IsRefusedAsync(App app, Turnstile turnstile, string path)
    {
        int before = turnstile.Entered;
        Task<HttpResponseMessage> answer = app.GetAsync(path);
        await Eventually.HoldsAsync(() => answer.IsCompleted || turnstile.Entered > before);

        Assert.Equal(before, turnstile.Entered);
        using HttpResponseMessage refused = await answer;
        Assert.Equal("queue-full", refused.Reason());
    }

    /// <summary>Comes, and must wait as the only one who does.</summary>
    public static async Task<Task<HttpResponseMessage>> WaitsAsync(App app, Turnstile turnstile, string path)
    {
        int before = turnstile.Entered;
        Task<HttpResponseMessage> answer = app.GetAsync(path);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 1 || answer.IsCompleted || turnstile.Entered > before);

        Assert.Equal((1, before), (app.Policy().Queued, turnstile.Entered));
        return answer;
    }
}
