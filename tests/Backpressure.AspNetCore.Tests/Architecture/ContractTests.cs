using System.Reflection;
using System.Runtime.CompilerServices;

namespace Backpressure.AspNetCore.Tests.Architecture;

/// <summary>Holds "root folder = public contract": whoever opens the folder of the package sees the whole public surface and nothing else.</summary>
public sealed class ContractTests
{
    public static TheoryData<string> Packages => ["Backpressure.AspNetCore", "Backpressure.Http"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_type_of_the_root_folder_is_public(string package)
    {
        Type[] root = [.. TypesOf(package).Where(type => type.Namespace == package)];

        Assert.NotEmpty(root);
        Assert.All(root, type => Assert.True(type.IsPublic, $"{type} stands in the root folder and is not public"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_public_type_is_in_the_root_folder_or_is_an_extension_class_in_a_namespace_that_needs_no_using(string package)
    {
        string[] extensions = ["Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder"];

        Assert.All(TypesOf(package).Where(type => type.IsPublic), type => Assert.True(
            type.Namespace == package || (extensions.Contains(type.Namespace) && type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Extensions", StringComparison.Ordinal)),
            $"{type} is public and stands elsewhere"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void What_is_below_the_root_is_internal_and_sealed(string package)
    {
        IEnumerable<Type> open = TypesOf(package).Where(type => type.Namespace?.StartsWith(package + ".", StringComparison.Ordinal) == true && type.IsClass && !type.IsSealed && !type.IsAbstract);

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

    private static Type[] TypesOf(string package) =>
        [.. Assembly.Load(package).GetTypes().Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !type.IsNested)];
}
