using System.Globalization;
using System.Text.RegularExpressions;

namespace DemoApi.Tests.Durability;

/// <summary>Reads what <c>strace -f -ttt -yy</c> writes: one line per call, or two where calls of other threads came in between.</summary>
internal static partial class SystemCallTrace
{
    private const string Unfinished = "<unfinished ...>";

    /// <summary>The calls on a descriptor, in the order in which they began; those that never returned are left out.</summary>
    public static IReadOnlyList<SystemCall> Parse(IEnumerable<string> lines)
    {
        List<SystemCall> calls = [];
        Dictionary<string, SystemCall> open = []; // by thread
        int line = 0;
        foreach (string text in lines)
        {
            line++;
            if (Whole().Match(text) is { Success: true } call)
            {
                string rest = call.Groups["rest"].Value;
                SystemCall began = new(call.Groups["name"].Value, call.Groups["file"].Value, rest, line, line, Succeeded(rest));
                if (rest.EndsWith(Unfinished, StringComparison.Ordinal))
                {
                    open[call.Groups["thread"].Value] = began;
                }
                else
                {
                    calls.Add(began);
                }
            }
            else if (Resumed().Match(text) is { Success: true } end && open.Remove(end.Groups["thread"].Value, out SystemCall? waiting))
            {
                calls.Add(waiting with { Ended = line, Succeeded = Succeeded(end.Groups["rest"].Value) });
            }
        }

        return [.. calls.OrderBy(call => call.Began)];
    }

    private static bool Succeeded(string rest) =>
        Result().Match(rest) is { Success: true } result && long.Parse(result.Groups["value"].Value, CultureInfo.InvariantCulture) >= 0;

    // A connection has an arrow in its name, so that the name ends at the first > that an argument or the end follows.
    [GeneratedRegex(@"^(?<thread>\d+)\s+[\d.]+\s+(?<name>\w+)\(\d+<(?<file>.*?)>(?=[,) ])(?<rest>.*)$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^(?<thread>\d+)\s+[\d.]+\s+<\.\.\. \w+ resumed>(?<rest>.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\)\s+= (?<value>-?\d+)[^)]*(\([^)]*\))?$")]
    private static partial Regex Result();
}
