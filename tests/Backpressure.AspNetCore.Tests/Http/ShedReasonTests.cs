using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Every reason that this version refuses for, as a caller meets it.</summary>
public sealed class ShedReasonTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task Two_lines_without_a_setting_protect_an_application()
    {
        int limit = Math.Max(8, 4 * Environment.ProcessorCount);
        AppSetup held = AppSetup.Held(1, 0, _turnstile);
        await using App app = await App.StartAsync(new AppSetup { Endpoints = held.Endpoints });

        Task<HttpResponseMessage>[] burst = [.. Enumerable.Range(0, limit + 100 + 25).Select(_ => app.GetAsync("/"))];
        await Eventually.HoldsAsync(() => app.Policy() is { Active: var active, Queued: 100, Shed: 25 } && active == limit && burst.Count(task => task.IsCompleted) == 25);
        _turnstile.Open();
        HttpResponseMessage[] answers = await Task.WhenAll(burst);

        Assert.Equal(limit + 100, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.StatusCode != HttpStatusCode.OK), answer => Assert.Equal("queue-full", answer.Reason()));
        Assert.Equal(limit, _turnstile.Peak);
        Assert.Equal(limit + 100, _turnstile.Entered);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile));
        _ = await app.EnterAsync(_turnstile);
        _ = await app.QueueAsync();

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
    }

    [Fact]
    public async Task A_wait_ends_after_the_longest_wait_and_not_before()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile, options => options.Queue.MaximumWait = TimeSpan.FromSeconds(3)));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();

        app.Time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.Equal(1, app.Policy().Queued);

        app.Time.Advance(TimeSpan.FromTicks(1));
        using HttpResponseMessage answer = await waiting;
        Assert.Equal("queue-timeout", answer.Reason());
        Assert.Equal(0, app.Policy().Queued);
        Assert.Equal(1, _turnstile.Entered);
    }

    [Fact]
    public async Task A_place_that_was_waited_in_too_long_is_free_again()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> first = await app.QueueAsync();
        app.Time.Advance(TimeSpan.FromSeconds(1));
        await first;

        Task<HttpResponseMessage> second = await app.QueueAsync();
        _turnstile.Open();
        using HttpResponseMessage answer = await second;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_wait_that_is_over_before_it_begins_is_no_deadline_that_cannot_be_met()
    {
        AppSetup held = AppSetup.Held(1, 1, _turnstile, options => options.Queue.MaximumWait = TimeSpan.FromMilliseconds(1));
        await using App app = await App.StartAsync(new AppSetup
        {
            Time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) }, // as on a machine that is busy elsewhere
            Options = held.Options,
            Endpoints = held.Endpoints,
        });
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-timeout", answer.Reason());
    }

    [Fact]
    public async Task A_caller_whose_time_is_up_already_is_refused_even_while_there_is_room()
    {
        await using App app = await App.StartAsync(new AppSetup());

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));

        Assert.Equal("deadline-infeasible", answer.Reason());
        Assert.Equal("false", answer.Header("X-Should-Retry"));
        Assert.Equal(0, app.Policy().Admitted);
    }

    [Fact]
    public async Task Retries_are_let_in_while_there_is_room_whatever_the_budget_says()
    {
        await using App app = await App.StartAsync(new AppSetup { Options = NoRetries });
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await app.GetAsync("/", ("Retry-Attempt", "3"));

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task While_saturated_a_retry_over_budget_is_refused_and_told_not_to_come_back()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 10, _turnstile, NoRetries));
        _ = await app.EnterAsync(_turnstile);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Retry-Attempt", "1"));

        Assert.Equal("retry-budget", answer.Reason());
        Assert.Equal("false", answer.Header("X-Should-Retry"));
        Assert.Equal(0, app.Policy().Queued);
    }

    [Fact]
    public async Task While_saturated_a_retry_within_budget_waits_as_any_other()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 10, _turnstile, options =>
        {
            options.RetryBudget.Ratio = 1; // one admitted first attempt pays for one retry
            options.RetryBudget.MinimumPerSecond = 0;
        }));
        _ = await app.EnterAsync(_turnstile);

        Task<HttpResponseMessage> paid = await app.QueueAsync("/", "default", ("Retry-Attempt", "1"));
        using HttpResponseMessage unpaid = await app.GetAsync("/", ("Retry-Attempt", "1"));
        _turnstile.Open();
        using HttpResponseMessage served = await paid;

        Assert.Equal("retry-budget", unpaid.Reason());
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Theory] // H6: junk is as good as nothing, so it is a first attempt and may wait
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1,1")]
    [InlineData("one")]
    [InlineData("0000")]
    [InlineData("9999999999999999999999")]
    public async Task While_saturated_a_retry_that_cannot_be_read_waits_as_a_first_attempt(string attempt)
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 10, _turnstile, NoRetries));
        _ = await app.EnterAsync(_turnstile);

        _ = await app.QueueAsync("/", "default", ("Retry-Attempt", attempt));

        Assert.Equal(0, app.Policy().Shed);
    }

    [Fact]
    public async Task Full_queue_and_late_wait_share_the_tickets_that_there_are()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 1, _turnstile, static options => options.RetryBudget.MinimumPerSecond = 0.1));
        _ = await app.EnterAsync(_turnstile);
        Task<HttpResponseMessage> waiting = await app.QueueAsync();
        using HttpResponseMessage full = await app.GetAsync("/");
        app.Time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage late = await waiting;

        Assert.Equal(("true", "false"), (full.Header("X-Should-Retry"), late.Header("X-Should-Retry")));
    }

    [Fact]
    public async Task Nothing_of_ours_stands_on_an_answer_that_was_served()
    {
        await using App app = await App.StartAsync(new AppSetup());

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
        Assert.Empty(answer.Headers);
    }

    private static void NoRetries(BackpressureOptions options)
    {
        options.RetryBudget.Ratio = 0;
        options.RetryBudget.MinimumPerSecond = 0;
    }
}
