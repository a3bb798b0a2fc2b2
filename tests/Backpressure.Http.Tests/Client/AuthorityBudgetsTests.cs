using Backpressure.Http.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.Http.Tests.Client;

public class AuthorityBudgetsTests
{
    private static readonly TimeSpan Window = new BackpressureHandlerOptions().RetryWindow;

    private readonly FakeTimeProvider _time = new();
    private readonly AuthorityBudgets _budgets;

    public AuthorityBudgetsTests() => _budgets = new AuthorityBudgets("orders", new BackpressureHandlerOptions(), new Jitter(), _time, NullLogger.Instance);

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

    [Fact]
    public void One_that_was_idle_for_the_window_makes_room_and_one_that_was_not_stays()
    {
        AuthorityBudget[] first = Fill();
        _time.Advance(Window);
        AuthorityBudget busy = Host(7); // just in time
        _time.Advance(TimeSpan.FromMilliseconds(1));

        AuthorityBudget own = _budgets.For(new Uri("http://one-more.test/"));

        Assert.Same(own, _budgets.For(new Uri("http://one-more.test/")));
        Assert.NotSame(own, _budgets.For(new Uri("http://yet-another.test/")));
        Assert.Same(first[7], busy);
        Assert.Same(busy, Host(7));
        Assert.NotSame(first[8], Host(8)); // forgotten, and begun anew
    }

    [Fact]
    public void Who_shares_for_want_of_room_gets_a_budget_of_its_own_once_there_is_some()
    {
        Fill();
        AuthorityBudget shared = _budgets.For(new Uri("http://one-more.test/"));
        _time.Advance(Window + TimeSpan.FromMilliseconds(1));

        Assert.NotSame(shared, _budgets.For(new Uri("http://one-more.test/")));
    }

    [Fact]
    public void A_search_for_room_that_was_in_vain_is_not_repeated_within_a_second()
    {
        Fill();
        _time.Advance(Window);
        AuthorityBudget shared = _budgets.For(new Uri("http://one-more.test/"));
        _time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromMilliseconds(1)); // all are idle for longer than the window

        Assert.Same(shared, _budgets.For(new Uri("http://one-more.test/")));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.NotSame(shared, _budgets.For(new Uri("http://one-more.test/")));
    }

    [Fact] // another one would begin with a whole retry, long before this one has earned it
    public void One_whose_retries_come_seldom_is_kept_until_it_is_as_a_new_one()
    {
        var options = new BackpressureHandlerOptions { RetryWindow = TimeSpan.FromSeconds(1), MinimumRetriesPerSecond = 0.01 };
        var budgets = new AuthorityBudgets("orders", options, new Jitter(), _time, NullLogger.Instance);
        AuthorityBudget spent = budgets.For(new Uri("http://spent.test/"));
        for (int i = 1; i < AuthorityBudgets.Maximum; i++)
        {
            budgets.For(new Uri($"http://host{i}.test/"));
        }

        _time.Advance(TimeSpan.FromSeconds(99));
        budgets.For(new Uri("http://one-more.test/"));
        Assert.Same(spent, budgets.For(new Uri("http://spent.test/")));

        _time.Advance(TimeSpan.FromSeconds(101));
        budgets.For(new Uri("http://one-more.test/"));
        Assert.NotSame(spent, budgets.For(new Uri("http://spent.test/")));
    }

    [Fact]
    public void What_a_server_advertised_is_kept_for_as_long_as_it_holds_however_short_the_window()
    {
        var options = new BackpressureHandlerOptions { RetryWindow = TimeSpan.FromSeconds(1), MinimumRetriesPerSecond = 0, RetryRatio = 1 };
        var budgets = new AuthorityBudgets("orders", options, new Jitter(), _time, NullLogger.Instance);
        AuthorityBudget strict = budgets.For(new Uri("http://strict.test/"));
        strict.Adopt(0);
        for (int i = 1; i < AuthorityBudgets.Maximum; i++)
        {
            budgets.For(new Uri($"http://host{i}.test/"));
        }

        _time.Advance(TimeSpan.FromSeconds(9));
        budgets.For(new Uri("http://one-more.test/"));

        Assert.Same(strict, budgets.For(new Uri("http://strict.test/")));
    }

    [Fact]
    public async Task Threads_that_drop_and_add_never_have_two_budgets_of_one_authority_or_too_many()
    {
        const int Threads = 8;
        for (int round = 0; round < 20; round++)
        {
            Fill();
            _time.Advance(Window + TimeSpan.FromSeconds(1)); // and no further, so that what is used from here on is not idle
            (int Host, AuthorityBudget Budget)[][] seen = await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
                Enumerable.Range(0, AuthorityBudgets.Maximum).Select(i => (i * 7 % 1_500) + thread).Select(host => (host, Host(host))).ToArray())));

            (int Host, AuthorityBudget Budget)[] pairs = [.. seen.SelectMany(static pairs => pairs).Distinct()];
            Assert.Equal(pairs.Select(static pair => pair.Host).Distinct().Count(), pairs.Length);
            Assert.InRange(pairs.Select(static pair => pair.Budget).Distinct().Count(), 1, AuthorityBudgets.Maximum + 1);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("relative")]
    public void A_request_without_an_authority_has_a_budget_too(string? uri) =>
        Assert.NotNull(_budgets.For(uri is null ? null : new Uri(uri, UriKind.Relative)));

    private AuthorityBudget[] Fill() => [.. Enumerable.Range(0, AuthorityBudgets.Maximum).Select(Host)];

    private AuthorityBudget Host(int number) => _budgets.For(new Uri($"http://host{number}.test/"));
}
