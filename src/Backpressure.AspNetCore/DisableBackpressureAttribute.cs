namespace Backpressure.AspNetCore;

/// <summary>Takes a controller, action, page or handler out: no gate, no deadline, not counted. It wins over <see cref="EnableBackpressureAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class DisableBackpressureAttribute : Attribute
{
    /// <inheritdoc />
    public override string ToString() => "DisableBackpressure";
}
