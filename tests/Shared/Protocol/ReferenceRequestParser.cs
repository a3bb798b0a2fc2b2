using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Backpressure.Tests;

/// <summary>Reads the headers of a request as the grammar of docs/retry-budget-protocol.md says, word for word and without a thought of speed.</summary>
internal static partial class ReferenceRequestParser
{
    private static readonly Dictionary<char, long> NanosecondsPerUnit = new()
    {
        ['H'] = 3_600_000_000_000,
        ['M'] = 60_000_000_000,
        ['S'] = 1_000_000_000,
        ['m'] = 1_000_000,
        ['u'] = 1_000,
        ['n'] = 1,
    };

    public static RequestReading Read(IEnumerable<(string Name, string Value)> lines, bool readGrpc, bool readEnvoy, bool readOthers)
    {
        List<string> understood = ["retry-attempt", "request-timeout-ms", "request-criticality"];
        understood.AddRange(readGrpc ? ["grpc-previous-rpc-attempts", "grpc-timeout"] : []);
        understood.AddRange(readEnvoy ? ["x-envoy-attempt-count", "x-envoy-expected-rq-timeout-ms"] : []);
        understood.AddRange(readOthers ? ["amz-sdk-request", "x-stainless-retry-count"] : []);
        ILookup<string, string> fields = lines.ToLookup(static line => line.Name.ToLowerInvariant(), static line => line.Value);
        List<string> junk = [];
        BigInteger attempt = 0;
        BigInteger? nanoseconds = null;
        string? criticality = null;
        foreach (string name in understood.Where(fields.Contains))
        {
            string value = fields[name].First();
            Match match = GrammarOf(name).Match(value);
            if (fields[name].Count() > 1 || !match.Success)
            {
                junk.Add(name);
                continue;
            }

            switch (name)
            {
                case "request-criticality":
                    criticality = value;
                    break;
                case "request-timeout-ms" or "x-envoy-expected-rq-timeout-ms" or "grpc-timeout":
                    BigInteger time = Number(match) * NanosecondsPerUnit[name == "grpc-timeout" ? value[^1] : 'm'];
                    bool isNone = name == "x-envoy-expected-rq-timeout-ms" && time.IsZero;
                    nanoseconds = isNone ? nanoseconds : BigInteger.Min(nanoseconds ?? time, time);
                    break;
                default:
                    BigInteger earlier = Number(match) - (name is "x-envoy-attempt-count" or "amz-sdk-request" ? 1 : 0);
                    attempt = BigInteger.Max(attempt, BigInteger.Min(earlier, 100));
                    break;
            }
        }

        junk.Sort(StringComparer.Ordinal);
        return new RequestReading((int)attempt, nanoseconds is { } least ? new TimeSpan((long)((least + 99) / 100)) : null, criticality, string.Join(' ', junk));
    }

    private static Regex GrammarOf(string name) => name switch
    {
        "retry-attempt" => ThreeDigits(),
        "request-criticality" => Words(),
        "grpc-timeout" => EightDigitsAndUnit(),
        "x-envoy-attempt-count" => TenDigitsAboveZero(),
        "amz-sdk-request" => Pairs(),
        _ => TenDigits(),
    };

    private static BigInteger Number(Match match) => BigInteger.Parse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?<number>[0-9]{1,3})\z")]
    private static partial Regex ThreeDigits();

    [GeneratedRegex(@"\A(?<number>[0-9]{1,10})\z")]
    private static partial Regex TenDigits();

    [GeneratedRegex(@"\A(?=.*[1-9])(?<number>[0-9]{1,10})\z")]
    private static partial Regex TenDigitsAboveZero();

    [GeneratedRegex(@"\A(?<number>[0-9]{1,8})[HMSmun]\z")]
    private static partial Regex EightDigitsAndUnit();

    [GeneratedRegex(@"\A(sheddable|normal|critical)\z")]
    private static partial Regex Words();

    /// <summary>Pairs between semicolons, of which exactly one is an attempt above zero; 256 characters at most.</summary>
    [GeneratedRegex(@"\A(?!.{257})(?:[ \t]*(?!attempt=)[A-Za-z0-9._-]+=[A-Za-z0-9._:+-]+[ \t]*;)*[ \t]*attempt=(?=[0-9]*[1-9])(?<number>[0-9]{1,10})[ \t]*(?:;[ \t]*(?!attempt=)[A-Za-z0-9._-]+=[A-Za-z0-9._:+-]+[ \t]*)*\z", RegexOptions.Singleline)]
    private static partial Regex Pairs();
}
