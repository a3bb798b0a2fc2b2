using System.Globalization;
using System.Reflection;
using Backpressure.AspNetCore.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>Holds the tables of docs/options.md against the options themselves.</summary>
public sealed class OptionsDocumentTests
{
    private static readonly List<string[]> Rows = MarkdownTable.Rows(Repository.Read("docs/options.md"), "Setting");

    private static readonly (string Path, string Rule)[] Known =
    [
        .. OptionKeys.Policy.Select(key => (key.Path, key.Rule)),
        .. OptionKeys.Server.Select(key => (key.Path, key.Rule)),
        (OptionKeys.TrustedNetworks, "networks such as 10.0.0.0/8"),
    ];

    [Fact]
    public void Every_setting_stands_in_the_document_once_and_the_document_invents_none()
    {
        Assert.Equal(Known.Select(key => key.Path).Order(), Rows.Select(row => MarkdownTable.Code(row[0])).Order());
    }

    [Fact]
    public void The_document_tells_the_rule_that_the_validator_holds()
    {
        Assert.All(Rows, row => Assert.Equal(Known.Single(key => key.Path == MarkdownTable.Code(row[0])).Rule, row[2]));
    }

    [Fact]
    public void The_document_tells_the_defaults_that_the_code_has()
    {
        foreach (string[] row in Rows)
        {
            string path = MarkdownTable.Code(row[0]);
            string expected = path switch
            {
                "Limit:Initial" => "max(8, 4 × cores)", // depends on the machine; LimitOptionsTests hold the formula
                OptionKeys.TrustedNetworks => "none",
                _ => Text(Read(new BackpressureOptions(), path)),
            };

            Assert.True(expected == MarkdownTable.Code(row[1]), $"{path}: the code says {expected}, the document {row[1]}");
        }
    }

    [Fact]
    public void The_document_names_every_option_that_only_code_can_set()
    {
        string document = Repository.Read("docs/options.md");

        Assert.All(OptionKeys.CodeOnly, path => Assert.Contains($"`{path}`", document, StringComparison.Ordinal));
    }

    private static object? Read(object owner, string path)
    {
        object? value = owner;
        foreach (string name in path.Split(':'))
        {
            PropertyInfo property = value!.GetType().GetProperties().First(p => p.Name == name); // the most derived one comes first
            value = property.GetValue(value);
        }

        return value;
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.ToString("c"),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
