using System.Reflection;
using System.Runtime.CompilerServices;

namespace Backpressure.AspNetCore.Tests.Architecture;

/// <summary>Holds "root folder = public contract": whoever opens the folder of the package sees the whole public surface and nothing else.</summary>
public sealed class ContractTests
{
    private const string Package = "Backpressure.AspNetCore";

    private static readonly Type[] Types = [.. typeof(BackpressureOptions).Assembly.GetTypes().Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !type.IsNested)];

    [Fact]
    public void Every_type_of_the_root_folder_is_public()
    {
        Type[] root = [.. Types.Where(type => type.Namespace == Package)];

        Assert.NotEmpty(root);
        Assert.All(root, type => Assert.True(type.IsPublic, $"{type} stands in the root folder and is not public"));
    }

    [Fact]
    public void Every_public_type_is_in_the_root_folder_or_is_an_extension_class_in_a_namespace_that_needs_no_using()
    {
        string[] extensions = ["Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder"];

        Assert.All(Types.Where(type => type.IsPublic), type => Assert.True(
            type.Namespace == Package || (extensions.Contains(type.Namespace) && type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Extensions", StringComparison.Ordinal)),
            $"{type} is public and stands elsewhere"));
    }

    [Fact]
    public void What_is_below_the_root_is_internal_and_sealed()
    {
        IEnumerable<Type> open = Types.Where(type => type.Namespace?.StartsWith(Package + ".", StringComparison.Ordinal) == true && type.IsClass && !type.IsSealed && !type.IsAbstract);

        Assert.Empty(open);
    }

    [Theory]
    [InlineData("src/Backpressure.AspNetCore")]
    [InlineData("src/Backpressure.Http")]
    [InlineData("src/DemoApi")]
    public void A_file_is_named_after_its_type_and_is_under_200_lines(string project)
    {
        foreach (string file in Repository.Sources(project))
        {
            string[] lines = File.ReadAllLines(file);
            string name = Path.GetFileNameWithoutExtension(file);

            Assert.True(lines.Length < 200, $"{file} has {lines.Length} lines");
            Assert.True(
                name == "Program" || lines.Any(line => System.Text.RegularExpressions.Regex.IsMatch(line, $@"\b(class|struct|interface|enum|record)( struct| class)? {name}\b")),
                $"{file} holds no type {name}");
        }
    }
}
