using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Backpressure.AspNetCore.Tests.Telemetry;

/// <summary>Headers that break their grammar are counted by a name out of a closed set.</summary>
public sealed class JunkHeaderTests
{
    private const string Instrument = "backpressure.request.junk_headers";

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task Junk_is_counted_once_for_each_header_by_policy_and_name()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Options = static options => options.Policies["own"] = new(),
            Endpoints = static endpoints =>
            {
                endpoints.MapGet("/", static () => "served");
                endpoints.MapGet("/own", static () => "served").RequireBackpressure("own");
            },
        });
        using Readings<long> junk = new(app.Services, Instrument);

        _ = await app.GetAsync("/", ("retry-ATTEMPT", "+1"), ("Request-Timeout-Ms", "5s"), ("grpc-timeout", "1S"));
        _ = await app.GetAsync("/", ("Retry-Attempt", "1"), ("Retry-Attempt", "1"));
        _ = await app.GetAsync("/own", ("x-envoy-attempt-count", "0"));

        Assert.Equal((2L, 1L, 1L), (junk.Sum("retry-attempt", "default"), junk.Sum("request-timeout-ms", "default"), junk.Sum("x-envoy-attempt-count", "own")));
        Assert.Equal(4, junk.All.Count);
    }

    [Fact]
    public async Task Headers_that_make_sense_or_are_not_read_are_no_junk()
    {
        await using App app = await App.StartAsync(new AppSetup { Options = static options => options.Headers.ReadGrpc = false });
        using Readings<long> junk = new(app.Services, Instrument);

        _ = await app.GetAsync("/", ("Retry-Attempt", "1"), ("x-envoy-expected-rq-timeout-ms", "0"), ("grpc-timeout", "junk"), ("amz-sdk-request", "junk"), ("Retry-Attempts", "junk"));

        Assert.Empty(junk.All);
    }

    [Fact]
    public async Task A_request_that_is_refused_is_counted_as_well()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile));
        using Readings<long> junk = new(app.Services, Instrument);
        _ = await app.EnterAsync(_turnstile);

        _ = await app.GetAsync("/", ("Request-Criticality", "high"));

        Assert.Equal(1, junk.Sum("request-criticality", "default"));
    }

    [Fact] // C20, H7
    public async Task Nothing_that_a_caller_sends_becomes_a_tag_or_comes_back()
    {
        const string Marker = "zqxjk";
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile, static options => options.Headers.ReadOthers = true));
        using Readings<long> junk = new(app.Services, Instrument);
        _ = await app.EnterAsync(_turnstile);
        (string, string)[] headers = [.. Backpressure.Http.Protocol.RequestFieldNames.All.Append("X-Other").Select(static name => (name, Marker))];

        using HttpResponseMessage refusal = await app.GetAsync("/", headers);

        Assert.Equal(503, (int)refusal.StatusCode);
        Assert.DoesNotContain(Marker, refusal.ToString() + await refusal.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(9, junk.All.Count);
        Assert.DoesNotContain(junk.All, static measured => measured.Tags.Values.Contains(Marker));
    }

    [Theory] // H2
    [InlineData("Retry-Attempt", "100")]
    [InlineData("grpc-previous-rpc-attempts", "9999999999")]
    public async Task Who_claims_any_number_of_tries_harms_nobody_where_there_is_room(string name, string value)
    {
        await using App app = await App.StartAsync(new AppSetup());
        for (int i = 0; i < 200; i++)
        {
            using HttpResponseMessage claimed = await app.GetAsync("/", (name, value));
            Assert.Equal(200, (int)claimed.StatusCode);
        }

        using HttpResponseMessage honest = await app.GetAsync("/", ("Retry-Attempt", "1"));

        Assert.Equal(200, (int)honest.StatusCode);
    }
}
