using System.Net;
using Backpressure.Http.Budget;
using Backpressure.Http.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.Http.Tests.Client;

public class LogicalCallTests
{
    private readonly LogicalCall _call;

    public LogicalCallTests()
    {
        var time = new FakeTimeProvider();
        var budget = new AuthorityBudget("orders", "http://orders.test:80", new RetryBudget(0, 0, TimeSpan.FromSeconds(10)), new Jitter(), time, NullLogger.Instance);
        _call = new LogicalCall(budget, time, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void One_answer_lets_one_copy_go_on_and_not_the_next()
    {
        _call.Begin();
        _call.NoteAnswer(HttpStatusCode.Unauthorized);

        Assert.Equal(new AttemptStart(0, AttemptKind.Continuation), _call.Begin());
        Assert.Equal(new AttemptStart(1, AttemptKind.Resend), _call.Begin());
    }

    [Fact]
    public void Our_own_retry_is_one_whatever_the_last_answer_was()
    {
        _call.Begin();
        _call.NoteAnswer(HttpStatusCode.Unauthorized);
        _call.AllowRetry();

        Assert.Equal(new AttemptStart(1, AttemptKind.Retry), _call.Begin());
        Assert.Equal(new AttemptStart(2, AttemptKind.Resend), _call.Begin());
    }

    [Fact]
    public void A_continuation_that_does_not_go_out_undoes_no_other_attempt()
    {
        _call.Begin();
        _call.NoteAnswer(HttpStatusCode.Unauthorized);

        _call.TakeBack(_call.Begin());

        Assert.Equal(new AttemptStart(1, AttemptKind.Resend), _call.Begin());
    }

    [Fact]
    public async Task However_many_copies_go_out_at_once_one_answer_lets_one_go_on()
    {
        _call.Begin();
        _call.NoteAnswer(HttpStatusCode.Found);

        AttemptStart[] starts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(_call.Begin)));

        Assert.Single(starts, start => start.Kind == AttemptKind.Continuation);
        Assert.Equal(Enumerable.Range(1, 15), starts.Where(start => start.Kind == AttemptKind.Resend).Select(start => start.Earlier).Order());
    }
}
