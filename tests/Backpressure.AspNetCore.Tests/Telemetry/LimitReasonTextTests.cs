using System.Diagnostics;
using System.Text.RegularExpressions;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Telemetry;

namespace Backpressure.AspNetCore.Tests.Telemetry;

public sealed class LimitReasonTextTests
{
    [Fact]
    public void Every_reason_to_move_a_limit_is_called_as_in_the_code_in_snake_case()
    {
        Assert.Equal(Enum.GetValues<LimitReason>().Length - 1, LimitReasonText.All.Length);
        Assert.All(LimitReasonText.All, reason => Assert.Equal(Regex.Replace(reason.ToString(), "(?<!^)([A-Z])", "_$1").ToLowerInvariant(), LimitReasonText.Of(reason)));
    }

    [Fact]
    public void That_it_was_not_moved_is_no_reason() => Assert.Throws<UnreachableException>(() => LimitReasonText.Of(LimitReason.Initial));
}
