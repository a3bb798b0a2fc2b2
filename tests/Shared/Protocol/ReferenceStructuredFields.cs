using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Backpressure.Tests;

/// <summary>Parses a Dictionary step by step as RFC 9651 section 4.2 writes it down; numbers come out as <see cref="decimal"/>, tokens as <see cref="Token"/>, the rest as whatever is not these.</summary>
internal sealed partial class ReferenceStructuredFields
{
    private string _input;

    private ReferenceStructuredFields(string input) => _input = input;

    /// <summary>The members of a dictionary; <see langword="null"/> where parsing fails.</summary>
    public static Dictionary<string, object>? Dictionary(string field)
    {
        try
        {
            return new ReferenceStructuredFields(field.Trim(' ')).ReadDictionary();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public sealed record Token(string Text);

    private Dictionary<string, object> ReadDictionary()
    {
        Dictionary<string, object> members = [];
        while (_input.Length > 0)
        {
            string key = ReadKey();
            object value = !Takes("=") ? true : _input.StartsWith('(') ? ReadInnerList() : ReadBareItem();
            ReadParameters();
            members[key] = value;
            _input = _input.TrimStart(' ', '\t');
            if (_input.Length == 0)
            {
                return members;
            }

            Require(Takes(","));
            _input = _input.TrimStart(' ', '\t');
            Require(_input.Length > 0);
        }

        return members;
    }

    private List<object> ReadInnerList()
    {
        List<object> items = [];
        Require(Takes("("));
        while (true)
        {
            _input = _input.TrimStart(' ');
            if (Takes(")"))
            {
                return items;
            }

            items.Add(ReadBareItem());
            ReadParameters();
            Require(_input.StartsWith(' ') || _input.StartsWith(')'));
        }
    }

    private void ReadParameters()
    {
        while (Takes(";"))
        {
            _input = _input.TrimStart(' ');
            ReadKey();
            _ = Takes("=") ? ReadBareItem() : true;
        }
    }

    private string ReadKey() => Match(@"\A[a-z*][a-z0-9_.*-]*");

    private object ReadBareItem()
    {
        char first = _input.Length > 0 ? _input[0] : '\0';
        return first switch
        {
            '"' => Match(@"\A""([ !#-\[\]-~]|\\[""\\])*"""),
            '%' => ReadDisplayString(),
            ':' => Match(@"\A:[A-Za-z0-9+/=]*:"),
            '?' => Match(@"\A\?[01]"),
            '@' => ReadDate(),
            '-' or (>= '0' and <= '9') => ReadNumber(),
            _ => new Token(Match(@"\A[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")),
        };
    }

    private DateTimeOffset ReadDate()
    {
        Require(Takes("@"));
        string number = Match(@"\A-?[0-9]+(\.[0-9]*)?");
        Require(!number.Contains('.', StringComparison.Ordinal) && number.TrimStart('-').Length <= 15);
        return new DateTimeOffset(0, TimeSpan.Zero); // which instant does not matter here
    }

    private decimal ReadNumber()
    {
        string number = Match(@"\A-?[0-9]+(\.[0-9]*)?");
        string[] parts = number.TrimStart('-').Split('.');
        Require(parts.Length == 1 ? parts[0].Length <= 15 : parts[0].Length <= 12 && parts[1].Length is >= 1 and <= 3);
        return decimal.Parse(number, CultureInfo.InvariantCulture);
    }

    private string ReadDisplayString()
    {
        string text = Match(@"\A%""([ !#$&-~]|%[0-9a-f]{2})*""")[2..^1];
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i++)
        {
            bytes.Add(text[i] == '%' ? byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (byte)text[i]);
            i += text[i] == '%' ? 2 : 0;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            throw new FormatException();
        }
    }

    private bool Takes(string start)
    {
        bool takes = _input.StartsWith(start, StringComparison.Ordinal);
        _input = takes ? _input[start.Length..] : _input;
        return takes;
    }

    private string Match(string pattern)
    {
        Match match = Regex.Match(_input, pattern, RegexOptions.CultureInvariant);
        Require(match.Success);
        _input = _input[match.Length..];
        return match.Value;
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException();
        }
    }
}
