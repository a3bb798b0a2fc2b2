namespace Backpressure.AspNetCore.Timeouts;

/// <summary>The word of a <see cref="RequestDeadline"/>: the state in the lowest bits, the generation above.</summary>
internal static class DeadlineState
{
    public const int Idle = 0;
    public const int Armed = 1;
    public const int Expired = 2;
    public const int ExpiredBegun = 3;
    public const int Aborted = 4;
    public const int Outlived = 5;
    public const long StateMask = 7;
    public const long OneGeneration = 8;
}
