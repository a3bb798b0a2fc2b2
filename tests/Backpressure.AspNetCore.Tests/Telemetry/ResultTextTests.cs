using System.Diagnostics;
using System.Text.RegularExpressions;
using Backpressure.AspNetCore.Telemetry;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class ResultTextTests
{
    public static TheoryData<ShedReason> Reasons => [.. Enum.GetValues<ShedReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_refusal_is_called_rejected_and_its_reason_in_snake_case(ShedReason reason) =>
        Assert.Equal("rejected_" + Regex.Replace(reason.ToString(), "(?<!^)([A-Z])", "_$1").ToLowerInvariant(), ResultText.Of(reason));

    [Fact]
    public void All_results_are_the_reasons_and_the_two_other_ends()
    {
        Assert.Equal(Enum.GetValues<ShedReason>().Select(ResultText.Of).Append("admitted").Append("request_canceled").Order(), ResultText.All.Order());
        Assert.Distinct(ResultText.All);
    }

    [Fact]
    public void A_reason_that_does_not_exist_has_no_text() => Assert.Throws<UnreachableException>(() => ResultText.Of((ShedReason)(-1)));
}
