using System.Globalization;
using Backpressure.Http.Protocol;
using CsCheck;

namespace Backpressure.Http.Tests.Protocol;

/// <summary>Header sets as strangers send them: sound ones, nearly sound ones, and noise.</summary>
internal static class HeaderSets
{
    private static readonly Gen<string> Digits = Gen.String[Gen.Char["0123456789"], 1, 12];

    private static readonly Gen<string> Noise = Gen.OneOf(
        Gen.String[0, 8],
        Gen.String[Gen.Char["0123456789HMSmun +-.,;=\"()@?%:\u0661\uff11\0"], 0, 12],
        Gen.Int[0, 2000].Select(static number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.String[Gen.Char["0123456789"], 1, 22]);

    private static readonly Gen<string> Times = Gen.Select(Digits, Gen.OneOf("H", "M", "S", "m", "u", "n", "s", ""), static (number, unit) => number + unit);

    private static readonly Gen<string> Pairs = Joined(
        Gen.OneOf(Digits.Select(static number => $"attempt={number}"), Gen.OneOf("attempt=2", "attempt=0", "attempt", "max=3", "a=b", "ttl=20260101T120000Z", "Attempt=2", "=", "", "\u00e9=1")),
        Gen.OneOf(";", "; ", "\t; ", ",", ";;"));

    private static readonly Gen<string> Words = Gen.OneOf("sheddable", "normal", "critical", "Normal", "critical ", "true", "false", "True", "");

    private static readonly Gen<string> Numbers = Gen.Select(Gen.OneOf("", "-", "--"), Gen.OneOf(Digits, Gen.OneOf("0", "1")), Gen.OneOf("", ".", ".0", ".5", ".123", ".1234"), static (sign, whole, fraction) => sign + whole + fraction);

    private static readonly Gen<string> Items = Gen.OneOf(
        Numbers,
        Gen.OneOf("queue-full", "*x:/", "?1", "?2", "\"a, b\"", "\"\\\"\"", "\"\\n\"", ":aGk=:", ":a b:", "@12", "@1.5", "%\"%c3%bc\"", "%\"%C3\"", "%\"%c3\"", "", "\u00fc"));

    private static readonly Gen<string> Members = Joined(
        Gen.Select(
            Gen.OneOf("reason", "retry", "load", "a", "*b.c-d_1", "Reason", "1"),
            Gen.OneOf(Items.Select(static item => $"={item}"), Items.Array[0, 3].Select(static items => $"=({string.Join(' ', items)})"), Gen.OneOf("", "=queue-full", "=0.25", "=0.1")),
            Gen.OneOf("", "", ";x", ";y=1", "; z=\"q\"", ";"),
            static (key, value, parameters) => key + value + parameters),
        Gen.OneOf(",", ", ", " \t,\t", " "));

    private static readonly Gen<string> SoundMembers = Joined(
        Gen.OneOf(
            Gen.OneOf("reason=queue-full", "reason=draining;x=1", "retry=0.1", "retry=0", "load=1.25", "a", "b=(1 \"x\" %\"%c3%bc\");y", "c=:aGk=:", "reason=?1", "retry=1.5"),
            Gen.Int[0, 999].Select(static thousandths => $"retry=0.{thousandths:D3}")),
        Gen.OneOf(",", ", ", " \t,\t"));

    private static readonly Gen<string> Dates = Gen.OneOf(
        Gen.Select(
            Gen.Long[0, 4_000_000_000],
            Gen.OneOf("r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM dd HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"),
            static (seconds, form) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString(form, CultureInfo.InvariantCulture)),
        Gen.OneOf("Sun", "Sunday", ",", ", ", "06", " 6", "29", "Nov", "Feb", "1994", "2000", "94", "-", "08:49:37", "23:59:60", " GMT", " ").Array[1, 9].Select(string.Concat));

    /// <summary>Field lines of a request.</summary>
    public static Gen<(string Name, string Value)[]> OfRequests { get; } = Gen.OneOf(
        Gen.Select(Gen.OneOf(RequestFieldNames.All), Gen.OneOf(Noise, Times, Pairs, Words)),
        Gen.Select(Gen.OneOf(RequestFieldNames.All), Noise),
        Gen.Select(Gen.OneOf("grpc-timeout", "Grpc-Timeout"), Times),
        Gen.Select(Gen.OneOf("amz-sdk-request"), Pairs),
        Gen.Select(Gen.OneOf("request-criticality"), Words),
        Gen.Select(Gen.OneOf("Retry-Attempt", "REQUEST-TIMEOUT-MS", "Retry-Attempts", "authorization", "content-type", "accept-encoding", "x-envoy-attempt_count", ""), Noise)).Array[0, 8];

    /// <summary>Field lines of a response. One in five is spoilt at a place.</summary>
    public static Gen<(string Name, string Value)[]> OfResponses { get; } = Gen.OneOf(
        Gen.Select(Gen.OneOf("Backpressure", "backpressure"), Spoilt(Gen.OneOf(Members, SoundMembers))),
        Gen.Select(Gen.OneOf("Retry-After"), Spoilt(Gen.OneOf(Dates, Noise))),
        Gen.Select(Gen.OneOf("Retry-After-Ms"), Spoilt(Noise)),
        Gen.Select(Gen.OneOf("X-Should-Retry", "x-should-retry"), Spoilt(Words)),
        Gen.Select(Gen.OneOf("RateLimit", "Server"), Noise)).Array[0, 5];

    private static Gen<string> Joined(Gen<string> parts, Gen<string> between) =>
        Gen.Select(parts.Array[1, 4], between, static (all, comma) => string.Join(comma, all));

    private static Gen<string> Spoilt(Gen<string> values) => Gen.Select(values, Gen.Int[0, 4], Gen.Int[0, 40], Gen.Char, static (value, whether, place, with) =>
        whether > 0 || value.Length == 0 ? value : value.Remove(place % value.Length, 1).Insert(place % value.Length, with.ToString()));
}
