namespace Backpressure.AspNetCore;

/// <summary>Puts a controller, action, page or handler under a named policy. The one nearest to the action wins.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false, Inherited = true)]
public sealed class EnableBackpressureAttribute : Attribute
{
    /// <summary>Names the policy.</summary>
    /// <param name="policyName">A name that <see cref="BackpressureOptions.Policies"/> defines, in any case; an unknown one fails when the host starts.</param>
    /// <exception cref="ArgumentException"><paramref name="policyName"/> is null or blank.</exception>
    public EnableBackpressureAttribute(string policyName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(policyName);
        PolicyName = policyName;
    }

    /// <summary>The name of the policy.</summary>
    public string PolicyName { get; }

    /// <inheritdoc />
    public override string ToString() => $"EnableBackpressure(\"{PolicyName}\")";
}
