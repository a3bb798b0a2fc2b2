using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Takes from a wheel as many steps as it needs.</summary>
internal static class TimerWheelSteps
{
    public static TimerNode? TakeDue(this TimerWheel wheel, long now)
    {
        while (wheel.TryStep(now, out TimerNode? due))
        {
            if (due is not null)
            {
                return due;
            }
        }

        return null;
    }
}
