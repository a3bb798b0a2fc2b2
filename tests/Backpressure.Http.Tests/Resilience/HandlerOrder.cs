namespace Backpressure.Http.Tests.Resilience;

/// <summary>Says which of two packages was registered first.</summary>
public enum HandlerOrder
{
    /// <summary>Ours, then theirs.</summary>
    OursFirst,

    /// <summary>Theirs, then ours.</summary>
    TheirsFirst,

    /// <summary>Theirs, without ours: the control.</summary>
    TheirsAlone,
}
