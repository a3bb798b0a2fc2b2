using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The look at the order of the middlewares comes when we are done with a request: where nobody waited for that, its context is another one's by then (B12, C12).</summary>
public sealed class AbandonedOrderCheckTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddBackpressure().BuildServiceProvider();
    private readonly FakeLogger<OrderCheck> _logger = new();
    private readonly DefaultHttpContext _context = new();
    private readonly TaskCompletionSource _run = new();
    private readonly Policy _policy;
    private readonly GovernedRequest _request;
    private readonly Task _look;

    public AbandonedOrderCheckTests()
    {
        AdmissionGate gate = new(1);
        _policy = TestPolicy.Of(gate.AddPolicy("default", new PolicySettings()));
        _request = new GovernedRequest(gate, new TimeoutClock(new FakeTimeProvider()), _services.GetRequiredService<HandlerOverruns>(), _services.GetRequiredService<AwaitedAnswers>());
        _request.Begin(_context, TestPolicy.Plan(_policy), _policy, cost: 1);
        _look = new OrderCheck(_logger).WatchAsync(_context, _request, _request.Number, _run.Task);
        _context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new EnableBackpressureAttribute("reads")), "the next"));
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task While_the_request_is_still_ours_the_look_finds_its_endpoint()
    {
        _request.EndRun();
        _run.SetResult();
        await _look;

        Assert.Equal(1, _logger.Collector.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Once_its_response_is_complete_nothing_is_said_of_the_next_one_on_its_context(bool isInUseAgain)
    {
        _request.EndRun();
        _request.Complete();
        _request.End();
        if (isInUseAgain)
        {
            _request.Begin(new DefaultHttpContext(), TestPolicy.Plan(_policy), _policy, cost: 1);
        }

        _run.SetResult();
        await _look;

        Assert.Equal(0, _logger.Collector.Count);
    }
}
