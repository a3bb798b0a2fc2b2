using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>Runs the same applications under the framework's request timeouts and under ours, reply by reply.</summary>
[Collection(RealTime.Name)]
public sealed class InteropTests
{
    private static readonly Dictionary<string, InteropCase> Cases =
        new[] { TimeSettingCases.All, HandlerCases.All, PipelineCases.All }.SelectMany(static cases => cases).ToDictionary(static one => one.Name);

    public static TheoryData<string, HttpProtocols> Runs
    {
        get
        {
            TheoryData<string, HttpProtocols> runs = [];
            foreach (InteropCase one in Cases.Values)
            {
                runs.Add(one.Name, HttpProtocols.Http1);
                if (one.OnHttp2)
                {
                    runs.Add(one.Name, HttpProtocols.Http2);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Both_reply_alike_but_for_the_differences_that_are_meant(string name, HttpProtocols protocol)
    {
        InteropCase one = Cases[name];
        InteropDifference? difference = InteropDifferences.All.SingleOrDefault(difference => difference.Case == name);

        string[] replies = await Task.WhenAll(InteropRun.UnderFrameworkAsync(one, protocol), InteropRun.UnderBackpressureAsync(one, protocol));

        Assert.Equal(one.Framework, replies[0]);
        Assert.Equal(difference?.Backpressure ?? one.Framework, replies[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_both_stand_in_the_pipeline_the_client_is_told_the_same_status(bool frameworkFirst)
    {
        string reply = await InteropRun.UnderBothAsync(Cases["time span"], frameworkFirst);

        Assert.StartsWith("504", reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_difference_is_one_and_names_a_case() =>
        Assert.All(InteropDifferences.All, static difference => Assert.NotEqual(Cases[difference.Case].Framework, difference.Backpressure));

    [Fact]
    public void Every_difference_stands_in_the_document_and_the_document_invents_none() =>
        Assert.Equal(
            InteropDifferences.All.Select(static difference => difference.What).Distinct(),
            MarkdownTable.Rows(Repository.Read("docs/timeouts.md"), "Where").Select(static row => row[0]));
}
