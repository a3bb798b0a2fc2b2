namespace Backpressure.Http.Tests.Protocol;

/// <summary>The vectors are enough, and of every kind.</summary>
public class VectorFileTests
{
    private static readonly string[] Common = ["valid", "junk", "signs", "whitespace", "empty", "unicode", "huge", "duplicates", "overflow", "conflicting-families"];

    [Fact]
    public void There_are_at_least_150_and_R18_asks_for_500() // R18
    {
        int count = ProtocolVectors.Requests.Count + ProtocolVectors.Responses.Count + ProtocolVectors.Formatting.Count;

        Assert.InRange(count, 500, int.MaxValue);
    }

    [Theory]
    [InlineData("requests", "deadline")]
    [InlineData("responses", "proof")]
    public void Every_category_is_there_and_no_other(string kind, string own) =>
        Assert.Equal(Common.Append(own).Order(), ProtocolVectors.Categories(kind).Distinct().Order());

    [Fact]
    public void Every_header_of_a_request_has_valid_vectors_and_junk()
    {
        foreach (string name in Backpressure.Http.Protocol.RequestFieldNames.All)
        {
            RequestVector[] alone = [.. ProtocolVectors.Requests.Values.Where(vector => vector.Lines.Count == 1 && vector.Lines[0].Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
            Assert.Contains(alone, static vector => vector.Expected.Junk.Length == 0);
            Assert.InRange(alone.Count(static vector => vector.Expected.Junk.Length > 0), 30, int.MaxValue);
        }
    }

    [Theory]
    [InlineData("Retry-After")]
    [InlineData("Retry-After-Ms")]
    [InlineData("X-Should-Retry")]
    [InlineData("Backpressure")]
    public void Every_header_of_a_response_has_vectors(string name) =>
        Assert.InRange(ProtocolVectors.Responses.Values.Count(vector => vector.Lines.Any(line => line.Name == name)), 20, int.MaxValue);

    [Theory]
    [MemberData(nameof(RequestIds))]
    public void The_reference_parser_reads_requests_as_the_vectors_say(string id)
    {
        RequestVector vector = ProtocolVectors.Requests[id];

        Assert.Equal(vector.Expected, ReferenceRequestParser.Read(vector.Lines, vector.ReadGrpc, vector.ReadEnvoy, vector.ReadOthers));
    }

    [Theory]
    [MemberData(nameof(ResponseIds))]
    public void The_reference_parser_reads_responses_as_the_vectors_say(string id)
    {
        ResponseVector vector = ProtocolVectors.Responses[id];

        Assert.Equal(vector.Expected, ReferenceResponseParser.Read(vector.Lines, vector.Now));
    }

    public static TheoryData<string> RequestIds() => [.. ProtocolVectors.Requests.Keys];

    public static TheoryData<string> ResponseIds() => [.. ProtocolVectors.Responses.Keys];
}
