using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.Http.Protocol;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>How much time a caller, and the proxies in front of it, can take from a request.</summary>
public sealed class CallerTimeoutTests
{
    private const string Own = "Request-Timeout-Ms";
    private const string OfGrpc = "grpc-timeout";
    private const string OfEnvoy = "x-envoy-expected-rq-timeout-ms";

    private static readonly TimeSpan ServersOwn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(20);

    private static readonly Gen<string> Values = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["0123456789HMSmun +-.,\u0660\uff11\0"], 0, 12],
        Gen.Select(Gen.Int[0, 100_000], Gen.Char["HMSmun"], static (number, unit) => $"{number}{unit}"),
        Gen.Int[0, 100_000].Select(static number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("5000", "4S", "3000", 3000)]
    [InlineData("5000", "2S", "3000", 2000)]
    [InlineData("1000", "2S", "3000", 1000)]
    [InlineData(null, "2500m", null, 2500)]
    [InlineData(null, null, "2500", 2500)]
    [InlineData("junk", "1500m", "+1", 1500)]
    [InlineData("31000", "1H", "31000", 30_000)] // nobody lengthens the server's own
    [InlineData("5000", "1m", null, 20)] // the minimum
    [InlineData("5000", null, "1", 20)]
    [InlineData("5000", "1n", null, 20)]
    [InlineData("0", "2S", "3000", 0)]
    [InlineData("5000", "0S", "3000", 0)]
    [InlineData("5000", null, "0", 5000)] // to Envoy no timeout
    [InlineData(null, null, "0", 30_000)]
    public void The_smallest_that_makes_sense_counts(string? own, string? grpc, string? envoy, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Shorten(ServersOwn, new HeaderOptions(), own, grpc, envoy));

    [Theory]
    [InlineData(true, true, 2000)]
    [InlineData(true, false, 3000)]
    [InlineData(false, true, 2000)]
    [InlineData(false, false, 5000)]
    public void What_the_options_switch_off_is_not_read(bool readGrpc, bool readEnvoy, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds),
        Shorten(ServersOwn, new HeaderOptions { ReadGrpc = readGrpc, ReadEnvoy = readEnvoy }, "5000", "3S", "2000"));

    [Theory]
    [InlineData(OfGrpc, "5S")]
    [InlineData(OfEnvoy, "5000")]
    public void A_caller_may_give_a_time_where_the_server_sets_none(string name, string value) => Assert.Equal(
        TimeSpan.FromSeconds(5),
        CallerHeaders.Shorten(Timeout.InfiniteTimeSpan, Minimum, CallerHeaders.Read(new HeaderDictionary { [name] = value }, RequestFields.All)));

    [Theory] // H6
    [InlineData(OfGrpc, "1S")]
    [InlineData(OfEnvoy, "1000")]
    public void More_than_one_field_line_is_as_good_as_none(string name, string value) => Assert.Equal(
        ServersOwn,
        CallerHeaders.Shorten(ServersOwn, Minimum, CallerHeaders.Read(new HeaderDictionary { [name] = new StringValues([value, value]) }, RequestFields.All)));

    [Fact] // H5
    public void Whatever_they_send_together_the_time_stays_between_the_minimum_and_the_servers_own() =>
        Gen.Select(Values, Values, Values).Sample(static (own, grpc, envoy) =>
        {
            TimeSpan timeout = Shorten(ServersOwn, new HeaderOptions(), own, grpc, envoy);
            return timeout == TimeSpan.Zero ? SaysZero(own) || SaysZero(grpc[..^1]) : timeout >= Minimum && timeout <= ServersOwn;
        }, iter: 20_000);

    [Theory]
    [InlineData(OfGrpc, "2500m", true, 2500)]
    [InlineData(OfGrpc, "2500m", false, 30_000)]
    [InlineData(OfEnvoy, "2500", true, 2500)]
    [InlineData(OfEnvoy, "2500", false, 30_000)]
    public async Task A_running_server_reads_them_as_its_options_say(string name, string value, bool reads, int milliseconds)
    {
        TimeSpan? remaining = null;
        await using App app = await App.StartAsync(new AppSetup
        {
            Configuration = { [$"Backpressure:Headers:{(name == OfGrpc ? "ReadGrpc" : "ReadEnvoy")}"] = $"{reads}" },
            Endpoints = endpoints => endpoints.MapGet("/", (HttpContext context) => remaining = context.Features.Get<IBackpressureFeature>()!.Remaining),
        });

        await app.GetAsync("/", (name, value));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), remaining);
    }

    private static bool SaysZero(string value) => value.Length > 0 && value.All(static c => c == '0');

    private static TimeSpan Shorten(TimeSpan servers, HeaderOptions options, string? own, string? grpc, string? envoy)
    {
        HeaderDictionary headers = [];
        headers[Own] = own;
        headers[OfGrpc] = grpc;
        headers[OfEnvoy] = envoy;
        return CallerHeaders.Shorten(servers, Minimum, CallerHeaders.Read(headers, CallerHeaders.Understood(options)));
    }
}
