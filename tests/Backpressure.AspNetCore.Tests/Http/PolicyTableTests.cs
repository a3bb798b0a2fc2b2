using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class PolicyTableTests
{
    private readonly PolicyTable _table = new(TestPolicy.Of(gate: null), [], new RequestTimeoutOptions(), "Backpressure");

    [Fact]
    public void Endpoints_that_share_a_slot_keep_their_own_plans()
    {
        (Endpoint one, Endpoint other) = Neighbours(new DisableBackpressureAttribute());
        EndpointPlan plan = _table.For(one);

        Assert.Same(EndpointPlan.Exempt, _table.For(other));
        Assert.NotSame(EndpointPlan.Exempt, plan);
        Assert.Same(plan, _table.For(one));
    }

    [Fact]
    public void Looking_up_endpoints_that_share_a_slot_in_turn_allocates_nothing()
    {
        (Endpoint one, Endpoint other) = Neighbours();
        _table.For(one);
        _table.For(other);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            _table.For(one);
            _table.For(other);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Two endpoints whose hash codes agree in 16 bits, more than the table can look at.</summary>
    private static (Endpoint One, Endpoint Other) Neighbours(params object[] metadataOfOther)
    {
        Dictionary<int, Endpoint> ones = [];
        while (true)
        {
            Endpoint one = new(null, EndpointMetadataCollection.Empty, "one");
            ones[CodeOf(one)] = one;
            Endpoint other = new(null, new EndpointMetadataCollection(metadataOfOther), "other");
            if (ones.TryGetValue(CodeOf(other), out Endpoint? neighbour))
            {
                return (neighbour, other);
            }
        }

        static int CodeOf(Endpoint endpoint) => RuntimeHelpers.GetHashCode(endpoint) & 0xFFFF;
    }
}
