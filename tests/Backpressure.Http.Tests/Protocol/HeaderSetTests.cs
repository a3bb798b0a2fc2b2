using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Backpressure.Http.Client;
using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

/// <summary>Whatever strangers send, nothing throws, nothing is allocated, and what is read is what the slow reference reads (R18, H6, H8).</summary>
public class HeaderSetTests
{
    private static readonly long Sets = Environment.GetEnvironmentVariable("BACKPRESSURE_TOOLS") == "1" ? 1_000_000 : 50_000;

    private static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 49, 30, TimeSpan.Zero);

    public HeaderSetTests()
    {
        foreach (RequestVector vector in ProtocolVectors.Requests.Values)
        {
            Readings.Read(Readings.Fields(vector.Lines), RequestFields.All); // tables that are made at their first use
        }

        foreach (ResponseVector vector in ProtocolVectors.Responses.Values)
        {
            using HttpResponseMessage response = Readings.Response(vector.Lines);
            ServerAdvice.Read(response, vector.Now);
        }
    }

    [Fact] // R18
    public void A_request_is_read_as_the_reference_reads_it_and_nothing_is_allocated() =>
        Gen.Select(HeaderSets.OfRequests, Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            static (lines, grpc, envoy, others) =>
            {
                (string Name, int Lines, string Value)[] fields = Readings.Fields(lines);
                RequestFields understood = Readings.Understood(grpc, envoy, others);
                long before = GC.GetAllocatedBytesForCurrentThread();

                RequestClaims claims = Readings.Read(fields, understood);

                return GC.GetAllocatedBytesForCurrentThread() == before && Readings.Put(claims) == ReferenceRequestParser.Read(lines, grpc, envoy, others);
            },
            iter: Sets,
            print: static set => string.Join(" | ", set.Item1.Select(static line => $"{line.Name}: {line.Value}")));

    [Fact] // R18, H8
    public void A_response_is_read_as_the_reference_reads_it_and_nothing_is_allocated_where_each_header_has_one_line() =>
        HeaderSets.OfResponses.Sample(
            static lines =>
            {
                using var response = new HttpResponseMessage();
                HttpResponseHeaders headers = response.Headers;
                (string Name, string Value)[] added = [.. lines.Where(line => headers.TryAddWithoutValidation(line.Name, line.Value))];
                bool isPlain = added.Select(static line => line.Name.ToLowerInvariant()).Distinct().Count() == added.Length;
                long before = GC.GetAllocatedBytesForCurrentThread();

                ServerAdvice advice = ServerAdvice.Read(response, Now);

                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                return (allocated == 0 || !isPlain) && Readings.Put(advice, added) == ReferenceResponseParser.Read(added, Now);
            },
            iter: Sets,
            print: static lines => string.Join(" | ", lines.Select(static line => $"{line.Name}: {line.Value}")));

    [Fact]
    public void The_sets_reach_what_they_are_to_prove()
    {
        ConcurrentBag<string> reached = [];
        HeaderSets.OfRequests.Sample(
            lines =>
            {
                foreach ((string name, string value) in lines.Where(line => RequestFieldNames.Find(line.Name) != RequestFields.None))
                {
                    bool isJunk = ReferenceRequestParser.Read([(name, value)], true, true, true).Junk.Length > 0;
                    reached.Add($"{RequestFieldNames.NameOf(RequestFieldNames.Find(name))} {(isJunk ? "junk" : "valid")}");
                }
            },
            iter: 5_000);
        HeaderSets.OfResponses.Sample(
            lines =>
            {
                ResponseReading reading = ReferenceResponseParser.Read(lines, Now);
                reached.Add(reading.Delay > TimeSpan.Zero ? "delay" : "");
                reached.Add(reading.ShouldRetry is not null ? "should" : "");
                reached.Add(reading.Reason is not null ? "reason" : "");
                reached.Add(reading.RetryRatio is not null ? "ratio" : "");
                reached.Add(lines.Any(static line => line.Name == "Retry-After" && line.Value.EndsWith(" GMT", StringComparison.Ordinal)) && reading.Delay is not null ? "date" : "");
            },
            iter: 20_000);

        IEnumerable<string> expected = [.. RequestFieldNames.All.SelectMany(static name => new[] { $"{name} junk", $"{name} valid" }), "delay", "should", "reason", "ratio", "date"];
        ILookup<string, string> found = reached.ToLookup(static what => what);
        Assert.All(expected, what => Assert.InRange(found[what].Count(), 50, int.MaxValue));
    }
}
