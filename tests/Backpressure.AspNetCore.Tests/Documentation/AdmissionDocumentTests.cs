using System.Text.RegularExpressions;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>Replays the worked example of docs/admission.md at a gate, row by row.</summary>
public sealed partial class AdmissionDocumentTests
{
    private static readonly string Document = Repository.Read("docs/admission.md");

    private readonly AdmissionGate _gate = new(2);
    private readonly Dictionary<string, Named> _requests = [];
    private readonly List<string> _happened = [];
    private PolicyGate? _policy;

    [Fact]
    public void The_example_happens_as_it_is_told()
    {
        List<string[]> rows = MarkdownTable.Rows(Document, "What comes");
        Assert.True(rows.Count > 10, "The example has lost its rows.");
        _policy = _gate.AddPolicy("default", new PolicySettings { QueueCapacity = 3, Order = QueueOrder.Adaptive, MaximumWait = TimeSpan.FromSeconds(1) });

        Assert.All(rows, row => Assert.Equal(row[1], Happen(row[0])));
    }

    [Fact]
    public void Every_reason_is_named()
    {
        Assert.All(Enum.GetValues<ShedReason>().Except([ShedReason.Draining]), reason => Assert.Contains($"`{ShedReasonText.Token(reason)}`", Document, StringComparison.Ordinal));
    }

    private string Happen(string what)
    {
        Match match = Step().Match(what);
        Assert.True(match.Success, $"The example says '{what}'.");
        string name = match.Groups["name"].Value;
        WaiterChain decided = default;
        _happened.Clear();
        switch (match.Groups["verb"].Value)
        {
            case "arrives":
                Named request = new(name, _happened) { Policy = _policy!, Criticality = Enum.Parse<Criticality>(match.Groups["lane"].Value, ignoreCase: true) };
                _requests.Add(name, request);
                _gate.Enter(request, TimeSpan.Zero, ref decided);
                _happened.Add(request.Told);
                break;
            case "ends":
                _gate.Leave(_requests[name], Ending.Served, TimeSpan.Zero, ref decided);
                break;
            default:
                Assert.True(_gate.Withdraw(_requests[name], TimeSpan.Zero, ref decided));
                break;
        }

        decided.CompleteAll();
        return _happened.Count == 0 ? "nobody waits" : string.Join("; ", _happened);
    }

    [GeneratedRegex("^(?<name>[A-Z]) (?<verb>arrives|ends|leaves)(, (?<lane>[a-z]+))?$")]
    private static partial Regex Step();

    private sealed class Named(string name, List<string> happened) : Waiter
    {
        public string Told => Outcome switch
        {
            Outcome.Granted => $"{name} runs",
            Outcome.Waiting => $"{name} waits",
            Outcome.Cancelled => $"{name} is gone",
            _ => $"{name} is refused: {ShedReasonText.Token(Reason)}",
        };

        public override void Complete() => happened.Add(Told);
    }
}
