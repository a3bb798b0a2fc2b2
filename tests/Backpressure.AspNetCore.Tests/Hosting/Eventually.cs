using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Tests.Timeouts;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>Waits for what a server does on threads of its own.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < RealTime.Patience, $"It never came true that {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }
}
