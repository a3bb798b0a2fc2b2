namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is the control: what we ask of our timers is what the platform's do.</summary>
[Collection(RealTime.Name)]
public sealed class PlatformTimerTests : TimerCallbackContract
{
    protected override TimeProvider Time => TimeProvider.System;
}
