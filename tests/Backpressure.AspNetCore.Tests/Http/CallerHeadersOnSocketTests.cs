using System.Globalization;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The vectors as bytes on a socket of Kestrel, whose header collection is its own.</summary>
public sealed class CallerHeadersOnSocketTests
{
    private const int LongestValue = 8000; // beyond it the server itself refuses the request

    private static readonly TimeSpan Minimum = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Every_vector_that_can_be_sent_is_read_as_it_says_and_its_junk_is_counted()
    {
        await using App app = await StartAsync();
        using Readings<long> counted = new(app.Services, "backpressure.request.junk_headers");
        RequestVector[] sent = [.. ProtocolVectors.Requests.Values.Where(static vector => vector.Lines.All(CanBeSent))];
        Dictionary<string, long> junk = RequestFieldNames.All.ToDictionary(static name => name, static _ => 0L);

        foreach (RequestVector vector in sent)
        {
            RequestReading expected = ReferenceRequestParser.Read(vector.Lines.Select(static line => (line.Name, line.Value.Trim(' ', '\t'))), true, true, true);
            using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/", "GET", string.Concat(vector.Lines.Select(static line => $"{line.Name}: {line.Value}\r\n")) + "Connection: close\r\n");
            string answer = await request.ReadToEndAsync();

            Assert.True(answer.Contains(Answer(expected), StringComparison.Ordinal) || expected.Timeout == TimeSpan.Zero, $"{string.Join(" | ", vector.Lines)}: {answer}");
            Assert.Equal(expected.Timeout == TimeSpan.Zero, answer.Contains("reason=deadline-infeasible", StringComparison.Ordinal));
            foreach (string name in expected.Junk.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                junk[name]++;
            }
        }

        Assert.InRange(sent.Length, 400, ProtocolVectors.Requests.Count);
        Assert.Equal(junk, RequestFieldNames.All.ToDictionary(static name => name, name => counted.Sum(name, "default")));
    }

    [Fact]
    public async Task Reading_the_headers_of_the_server_allocates_nothing()
    {
        await using App app = await StartAsync();

        using HttpResponseMessage answer = await app.GetAsync(
            "/bytes", ("Retry-Attempt", "1"), ("Request-Timeout-Ms", "60000"), ("Request-Criticality", "x"), ("grpc-timeout", "1M"), ("X-One", "1"), ("X-Two", "2"), ("Accept", "*/*"));

        Assert.Equal("0", await answer.Content.ReadAsStringAsync());
    }

    private static Task<App> StartAsync() => App.StartAsync(new AppSetup
    {
        Sockets = HttpProtocols.Http1,
        Options = options =>
        {
            options.Headers.ReadOthers = true;
            options.Timeout.Default = Timeout.InfiniteTimeSpan;
        },
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/", static (HttpContext context) =>
            {
                IBackpressureFeature feature = context.Features.Get<IBackpressureFeature>()!;
                return Answer(feature.Attempt, feature.Remaining, feature.Criticality);
            }).WithCriticality(Criticality.Critical);
            endpoints.MapGet("/bytes", static (HttpContext context) => BytesPerRead(context.Request.Headers).ToString(CultureInfo.InvariantCulture));
        },
    });

    private static long BytesPerRead(IHeaderDictionary headers) => Enumerable.Range(0, 10).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            CallerHeaders.Read(headers, RequestFields.All);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    });

    private static bool CanBeSent((string Name, string Value) line) =>
        line.Value.Length <= LongestValue && line.Value.All(static c => c is '\t' or (>= ' ' and <= '~'));

    private static string Answer(RequestReading reading) => Answer(
        reading.Attempt,
        reading.Timeout is { } timeout && timeout < Minimum ? Minimum : reading.Timeout,
        reading.Criticality is { } word ? Enum.Parse<Criticality>(word, ignoreCase: true) : Criticality.Critical);

    private static string Answer(int attempt, TimeSpan? remaining, Criticality criticality) => $"<{attempt} {remaining} {criticality}>";
}
