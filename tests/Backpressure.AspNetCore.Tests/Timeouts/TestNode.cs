using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is a node that does nothing, for the queue needs no more.</summary>
internal sealed class TestNode : TimerNode;
