using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Retries;
using Backpressure.Http.Protocol;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>Holds docs/retry-budget-protocol.md against the code that speaks it.</summary>
public sealed class ProtocolDocumentTests
{
    private static readonly string Document = Repository.Read("docs/retry-budget-protocol.md");

    [Fact]
    public void Every_header_that_the_server_reads_stands_in_the_document_with_its_family_and_the_document_invents_none()
    {
        Dictionary<string, RequestFields> families = new() { ["own"] = RequestFields.Own, ["gRPC"] = RequestFields.Grpc, ["Envoy"] = RequestFields.Envoy, ["others"] = RequestFields.Others };

        List<string[]> rows = MarkdownTable.Rows(Document, "Request header");

        Assert.Equal(RequestFieldNames.All, rows.Select(static row => MarkdownTable.Code(row[0])));
        Assert.All(rows, row => Assert.True(families[row[1]].HasFlag(RequestFieldNames.Find(MarkdownTable.Code(row[0])))));
    }

    [Fact]
    public void Every_reason_stands_in_the_document_with_what_it_says_of_a_retry_and_the_document_invents_none()
    {
        IEnumerable<(string, string)> expected = Enum.GetValues<ShedReason>().Select(static reason => (ShedReasonText.Token(reason), Ticket(reason)));
        IEnumerable<(string, string)> documented = MarkdownTable.Rows(Document, "Reason").Select(static row => (MarkdownTable.Code(row[0]), row[2].Split(':')[0]));

        Assert.Equal(expected.Order(), documented.Order());
    }

    [Fact]
    public void Every_category_of_the_vectors_is_named()
    {
        string[] categories = [.. new[] { "requests", "responses", "formatting" }.SelectMany(ProtocolVectors.Categories).Distinct()];

        Assert.All(categories, static category => Assert.Contains($"`{category}`", Document, StringComparison.Ordinal));
    }

    /// <summary>What the code decides with a ticket at hand, and without one.</summary>
    private static string Ticket(ShedReason reason)
    {
        bool[] decisions = [.. new[] { 1.0, 0.0 }.Select(perSecond => new RetryTickets(new RetryBudgetOptions { MinimumPerSecond = perSecond }).MayRetry(reason, TimeSpan.FromSeconds(1)))];
        return decisions switch
        {
            [true, true] => "`true`",
            [true, false] => "if there is one",
            _ => "`false`",
        };
    }
}
