using Backpressure.Http.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.Http.Tests.Client;

public class AuthorityBudgetsTests
{
    private readonly AuthorityBudgets _budgets = new("orders", new BackpressureHandlerOptions(), new Jitter(), new FakeTimeProvider(), NullLogger.Instance);

    [Theory]
    [InlineData("http://a.test/", "http://a.test:80/x?y#z")]
    [InlineData("http://a.test/", "HTTP://A.TEST/")]
    [InlineData("http://a.test/", "http://user:secret@a.test/")]
    public void Addresses_of_one_authority_share_a_budget(string one, string other) =>
        Assert.Same(_budgets.For(new Uri(one)), _budgets.For(new Uri(other)));

    [Theory]
    [InlineData("http://a.test/", "https://a.test/")]
    [InlineData("http://a.test/", "http://a.test:81/")]
    [InlineData("http://a.test/", "http://b.test/")]
    public void Scheme_host_and_port_each_make_another_authority(string one, string other) =>
        Assert.NotSame(_budgets.For(new Uri(one)), _budgets.For(new Uri(other)));

    [Fact] // H4
    public void Beyond_a_thousand_authorities_all_further_ones_share_a_budget()
    {
        var first = new HashSet<AuthorityBudget>();
        for (int i = 0; i < AuthorityBudgets.Maximum; i++)
        {
            Assert.True(first.Add(_budgets.For(new Uri($"http://host{i}.test/"))));
        }

        AuthorityBudget shared = _budgets.For(new Uri("http://one-more.test/"));
        Assert.DoesNotContain(shared, first);
        Assert.Same(shared, _budgets.For(new Uri("http://yet-another.test/")));
        Assert.Contains(_budgets.For(new Uri("http://host0.test/")), first);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("relative")]
    public void A_request_without_an_authority_has_a_budget_too(string? uri) =>
        Assert.NotNull(_budgets.For(uri is null ? null : new Uri(uri, UriKind.Relative)));
}
