using Backpressure.Http.Protocol;

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
    public void The_reason_is_found_beside_any_other_members(string value, string expected) =>
        Assert.Equal(expected, Read(value).Reason.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("retry=0.1")]
    [InlineData("reason")] // the boolean true
    [InlineData("reason=?1")]
    [InlineData("reason=12")]
    [InlineData("reason=\"queue-full\"")]
    [InlineData("reason=(queue-full)")]
    [InlineData("reason=queue-full, reason=1")]
    [InlineData("unreason=queue-full")]
    [InlineData("x=\"a, reason=queue-full\"")]
    [InlineData("x;reason=queue-full")]
    public void A_field_without_a_token_as_reason_has_none(string value)
    {
        BackpressureHeader header = Read(value);

        Assert.False(header.IsMalformed);
        Assert.True(header.Reason.IsEmpty);
    }

    [Theory]
    [InlineData("reason=")]
    [InlineData("x=(reason=queue-full)")]
    [InlineData("Reason=queue-full")]
    [InlineData("REASON=queue-full")]
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
    [InlineData("reason=queue-full, x=1.")]
    [InlineData("reason=queue-full, x=1.2345")]
    [InlineData("reason=queue-full, x=1.2.3")]
    [InlineData("reason=queue-full, x=--1")]
    [InlineData("reason=queue-full, x=1000000000000000")]
    [InlineData("reason=queue-full, x=1000000000000.1")]
    [InlineData("reason=queue-full, x=@1.5")]
    [InlineData("reason=queue-full, x=%\"%C3%bc\"")]
    [InlineData("reason=queue-full, x=%\"%c3\"")]
    [InlineData("reason=queue-full, x=%\"%ed%a0%80\"")]
    public void A_malformed_field_is_no_field(string value)
    {
        BackpressureHeader header = Read(value);

        Assert.True(header.IsMalformed);
        Assert.True(header.Reason.IsEmpty);
    }

    [Theory]
    [InlineData("retry=0", 0.0)]
    [InlineData("retry=1", 1.0)]
    [InlineData("reason=queue-full, retry=0.1, load=0.93", 0.1)]
    [InlineData("retry=0.001;x", 0.001)]
    [InlineData("retry=1.000", 1.0)]
    [InlineData("retry=0.5, retry=0.25", 0.25)]
    [InlineData("retry=1.001", null)]
    [InlineData("retry=-0.1", null)]
    [InlineData("retry=2", null)]
    [InlineData("retry=999999999999999", null)]
    [InlineData("retry", null)]
    [InlineData("retry=?1", null)]
    [InlineData("retry=\"0.1\"", null)]
    [InlineData("retry=@0", null)]
    [InlineData("retry=(0.1)", null)]
    [InlineData("retry=0.5, retry=2", null)]
    [InlineData("retry=0.1,", null)]
    public void The_ratio_is_a_number_from_zero_to_one(string value, double? expected) =>
        Assert.Equal(expected, Read(value).RetryRatio);

    [Fact]
    public void Reading_allocates_nothing()
    {
        const string Field = "list=(a \"b)\" 3;x);y=1, reason=displaced, retry=0.1";
        Read(Field);

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool found = !Read(Field).Reason.IsEmpty;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(found);
        Assert.Equal(0, allocated);
    }

    private static BackpressureHeader Read(string line)
    {
        BackpressureHeader header = default;
        header.Read(line);
        return header;
    }
}
