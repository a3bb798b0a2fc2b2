using System.Diagnostics;
using System.Text.RegularExpressions;
using Backpressure.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class ShedReasonTextTests
{
    public static TheoryData<ShedReason> Reasons => [.. Enum.GetValues<ShedReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_token_is_the_name_in_kebab_case(ShedReason reason) =>
        Assert.Equal(Regex.Replace(reason.ToString(), "(?<!^)([A-Z])", "-$1").ToLowerInvariant(), ShedReasonText.Token(reason));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_sentence_promises_that_nothing_ran(ShedReason reason) =>
        Assert.EndsWith("was not executed.", ShedReasonText.Sentence(reason), StringComparison.Ordinal);

    [Fact]
    public void No_two_reasons_say_the_same()
    {
        Assert.Distinct(Enum.GetValues<ShedReason>().Select(ShedReasonText.Token));
        Assert.Distinct(Enum.GetValues<ShedReason>().Select(ShedReasonText.Sentence));
    }

    [Fact]
    public void A_reason_that_does_not_exist_has_no_text()
    {
        Assert.Throws<UnreachableException>(() => ShedReasonText.Token((ShedReason)(-1)));
        Assert.Throws<UnreachableException>(() => ShedReasonText.Sentence((ShedReason)(-1)));
    }
}
