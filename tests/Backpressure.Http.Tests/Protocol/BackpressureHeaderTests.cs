using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

public class BackpressureHeaderTests
{
    [Theory]
    [InlineData("reason=queue-full", "queue-full")]
    [InlineData("  reason=queue-full  ", "queue-full")]
    [InlineData("reason=queue-full, retry=0.1, load=0.93", "queue-full")]
    [InlineData("retry=0.1,load=0.93 ,\treason=retry-budget", "retry-budget")]
    [InlineData("reason=queue-full;since=3;why=\"a, b\"", "queue-full")]
    [InlineData("a, b;c, *x=?1, y=:aGVsbG8=:, z=@1659578233, d=%\"f%c3%bc\", reason=draining", "draining")]
    [InlineData("list=(a \"b)\" 3;x);y=1, empty=(), reason=displaced", "displaced")]
    [InlineData("text=\"say \\\"reason=queue-full\\\", \\\\\", reason=draining", "draining")]
    [InlineData("reason=queue-full, reason=draining", "draining")] // the last of several counts
    [InlineData("reason=*any/thing:else", "*any/thing:else")]
    public void The_reason_is_found_beside_any_other_members(string value, string expected)
    {
        Assert.True(BackpressureHeader.TryGetReason(value, out ReadOnlySpan<char> reason));
        Assert.Equal(expected, reason.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("retry=0.1")]
    [InlineData("reason")] // the boolean true
    [InlineData("reason=")]
    [InlineData("reason=?1")]
    [InlineData("reason=12")]
    [InlineData("reason=\"queue-full\"")]
    [InlineData("reason=(queue-full)")]
    [InlineData("reason=queue-full, reason=1")]
    [InlineData("Reason=queue-full")]
    [InlineData("REASON=queue-full")]
    [InlineData("unreason=queue-full")]
    [InlineData("x=\"a, reason=queue-full\"")]
    [InlineData("x=(reason=queue-full)")]
    [InlineData("x;reason=queue-full")]
    public void A_field_without_a_token_as_reason_has_none(string value)
    {
        Assert.False(BackpressureHeader.TryGetReason(value, out ReadOnlySpan<char> reason));
        Assert.True(reason.IsEmpty);
    }

    [Theory]
    [InlineData("reason=queue-full,")]
    [InlineData(",reason=queue-full")]
    [InlineData("reason=queue-full load=1")]
    [InlineData("reason =queue-full")]
    [InlineData("reason= queue-full")]
    [InlineData("reason=queue-full, x=\"open")]
    [InlineData("reason=queue-full, x=\"bad \\n escape\"")]
    [InlineData("reason=queue-full, x=(open")]
    [InlineData("reason=queue-full, x=(a\"b\")")]
    [InlineData("reason=queue-full, x=:open")]
    [InlineData("reason=queue-full, x=?2")]
    [InlineData("reason=queue-full, x=@")]
    [InlineData("reason=queue-full, x=%open")]
    [InlineData("reason=queue-full, x=")]
    [InlineData("reason=queue-full;")]
    [InlineData("reason=queue-full;=1")]
    [InlineData("reason=queue-full, 1=x")]
    [InlineData("reason=queue-full, x=\u00fc")]
    [InlineData("reason=queue\u00adfull")]
    public void A_malformed_field_is_no_field(string value) =>
        Assert.False(BackpressureHeader.TryGetReason(value, out _));

    [Fact]
    public void No_text_throws_and_a_reason_is_always_a_part_of_it()
    {
        string[] pieces = ["reason", "=", "queue-full", ",", " ", ";", "\"", "(", ")", ":", "?1", "@1", "%", "\\", "1.5", "x", "\t", "\u00fc"];
        Gen.OneOf(pieces).Array[0, 12].Select(parts => string.Concat(parts)).Sample(
            text => !BackpressureHeader.TryGetReason(text, out ReadOnlySpan<char> reason) || text.Contains($"reason={reason}", StringComparison.Ordinal),
            iter: 200_000);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        const string Field = "list=(a \"b)\" 3;x);y=1, reason=displaced, retry=0.1";
        BackpressureHeader.TryGetReason(Field, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool found = BackpressureHeader.TryGetReason(Field, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(found);
        Assert.Equal(0, allocated);
    }
}
