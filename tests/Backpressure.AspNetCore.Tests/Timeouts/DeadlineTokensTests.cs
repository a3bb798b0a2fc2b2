using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class DeadlineTokensTests : IDisposable
{
    private readonly DeadlineTokens _tokens = new();
    private readonly InterruptingWitness _witness = new(TimeProvider.System, new NotedStages(sharesConnection: false));

    public void Dispose() => _tokens.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_hear_of_the_time_and_one_of_the_client(bool isTimeUp)
    {
        CancellationToken time = _tokens.Time.Token;

        Cancel(isTimeUp);

        Assert.True(_tokens.Any.IsCancellationRequested);
        Assert.Equal(isTimeUp, time.IsCancellationRequested);
    }

    [Fact]
    public void The_token_of_the_time_is_always_the_same() => Assert.Equal(_tokens.Time.Token, _tokens.Time.Token);

    [Fact]
    public void Once_reset_they_have_forgotten_who_was_registered_and_are_the_same_tokens()
    {
        bool called = false;
        CancellationToken any = _tokens.Any;
        any.Register(() => called = true);
        _tokens.Time.Token.Register(() => called = true);
        Assert.True(_tokens.TryReset());

        Cancel(isTimeUp: true);

        Assert.False(called);
        Assert.Equal(any, _tokens.Any);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Once_cancelled_they_cannot_be_used_again(bool isTimeUp)
    {
        Cancel(isTimeUp);

        Assert.False(_tokens.TryReset());
    }

    [Fact] // T2
    public void What_a_callback_throws_keeps_no_other_from_hearing()
    {
        bool heard = false;
        _tokens.Any.Register(static () => throw new FormatException("a stranger's bug"));
        _tokens.Time.Token.Register(() => heard = true);

        Cancel(isTimeUp: true);

        Assert.True(heard);
        Assert.IsType<AggregateException>(_witness.Thrown);
    }

    private void Cancel(bool isTimeUp)
    {
        if (isTimeUp)
        {
            _tokens.CancelAsTimeIsUp(_witness);
        }
        else
        {
            _tokens.CancelAsClientLeft();
        }
    }
}
