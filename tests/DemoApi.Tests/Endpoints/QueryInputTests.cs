using DemoApi.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DemoApi.Tests.Endpoints;

public sealed class QueryInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?n")]
    [InlineData("?n=")]
    [InlineData("?other=5")]
    public void A_number_that_is_missing_or_empty_is_absent(string query) => Assert.Equal(7, Read(query).Value);

    [Theory]
    [InlineData("?n=1", 1)]
    [InlineData("?N=10", 10)]
    [InlineData("?a=b&n=%35", 5)]
    [InlineData("?n=007", 7)]
    public void A_number_in_its_range_is_taken(string query, int expected)
    {
        (int? value, ProblemHttpResult? refusal) = Read(query);

        Assert.Equal(expected, value);
        Assert.Null(refusal);
    }

    [Theory]
    [InlineData("?n=0")]
    [InlineData("?n=11")]
    [InlineData("?n=-1")]
    [InlineData("?n=+1")]
    [InlineData("?n=1.5")]
    [InlineData("?n=1e1")]
    [InlineData("?n=0x1")]
    [InlineData("?n=%D9%A3")]
    [InlineData("?n=%00")]
    [InlineData("?n=99999999999999999999")]
    [InlineData("?n=junk")]
    public void Anything_else_is_refused_by_name_and_rule(string query)
    {
        string? detail = Read(query).Refusal?.ProblemDetails.Detail;

        Assert.StartsWith("n must be a whole number from 1 to 10 (was '", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?n=1&n=2", "n must be given once (was given 2 times).")]
    [InlineData("?n=%", "n has a percent sign without two hexadecimal digits")]
    public void A_parameter_that_cannot_be_read_is_refused(string query, string expected) =>
        Assert.StartsWith(expected, Read(query).Refusal?.ProblemDetails.Detail, StringComparison.Ordinal);

    [Fact]
    public void One_answer_names_every_broken_rule()
    {
        QueryInput query = new(new QueryString("?a=x&b=y"));
        query.Whole("a", 0, 1, absent: 0);
        query.Whole("b", 0, 1, absent: 0);

        ProblemHttpResult refusal = Assert.IsType<ProblemHttpResult>(query.Refusal);

        Assert.Equal("a must be a whole number from 0 to 1 (was 'x'). b must be a whole number from 0 to 1 (was 'y').", refusal.ProblemDetails.Detail);
        Assert.Equal("a, b", refusal.ProblemDetails.Extensions["input"]);
    }

    [Fact]
    public void A_long_value_is_quoted_in_part()
    {
        string? detail = Read($"?n={new string('x', 5000)}").Refusal?.ProblemDetails.Detail;

        Assert.InRange(detail!.Length, 40, 200);
    }

    private static (int? Value, ProblemHttpResult? Refusal) Read(string text)
    {
        QueryInput query = new(new QueryString(text));
        int? value = query.Whole("n", 1, 10, absent: 7);
        return (value, (ProblemHttpResult?)query.Refusal);
    }
}
