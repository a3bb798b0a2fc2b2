using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Architecture;

/// <summary>Holds the arrows of docs/architecture.md: a folder of the server package uses only folders beneath it.</summary>
public sealed class LayeringTests
{
    private const string Root = "Backpressure.AspNetCore";

    // Each folder with what it may use; the root contract is open to all.
    private static readonly Dictionary<string, string[]> Beneath = new()
    {
        ["DependencyInjection"] = ["Http", "Telemetry", "Admission", "Limits", "Timeouts", "Retries"],
        ["Http"] = ["Telemetry", "Admission", "Limits", "Timeouts", "Retries"],
        ["Telemetry"] = ["Admission", "Limits", "Timeouts", "Retries"],
        ["Admission"] = ["Limits", "Timeouts", "Retries"],
        ["Limits"] = [],
        ["Timeouts"] = [],
        ["Retries"] = [],
        [""] = [],
    };

    // Public faces of an engine: contract types whose body has to reach down into the folder that does the work.
    private static readonly Dictionary<string, string> Faces = new()
    {
        [nameof(TimerFdTimeProvider)] = "Timeouts",
        [nameof(BackpressureLimiter)] = "Admission",
    };

    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies(typeof(BackpressureOptions).Assembly).Build();

    [Fact]
    public void Folders_use_only_what_lies_beneath_them()
    {
        Assert.Empty(Arrows().Where(arrow => !IsAllowed(arrow)).Select(arrow => $"{arrow.From.FullName} → {arrow.To.FullName}"));
    }

    [Fact]
    public void The_check_sees_the_arrows_that_the_house_is_built_on()
    {
        HashSet<(string, string)> seen = [.. Arrows().Select(arrow => (FolderOf(arrow.From), FolderOf(arrow.To)))];

        Assert.Contains(("DependencyInjection", "Http"), seen);
        Assert.Contains(("Http", "Admission"), seen);
        Assert.Contains(("Http", "Timeouts"), seen);
        Assert.Contains(("Telemetry", "Admission"), seen);
        Assert.Contains(("Admission", "Retries"), seen);
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        Assert.All(OwnTypes(), type => Assert.Contains(FolderOf(type), Beneath.Keys));
    }

    [Fact]
    public void Only_Http_and_the_contract_know_HttpContext()
    {
        Assert.DoesNotContain(Users(typeof(HttpContext).FullName!), folder => folder is not ("Http" or "" or "DependencyInjection"));
    }

    [Fact]
    public void Only_DependencyInjection_knows_IServiceCollection()
    {
        Assert.Equal(["DependencyInjection"], Users(typeof(IServiceCollection).FullName!));
    }

    [Fact]
    public void The_package_depends_on_the_framework_and_on_Backpressure_Http_alone()
    {
        IEnumerable<string> strangers = typeof(BackpressureOptions).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && !name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal) && name != "Microsoft.Net.Http.Headers");

        Assert.Equal(["Backpressure.Http"], strangers);
    }

    private static bool IsAllowed((IType From, IType To) arrow)
    {
        string from = FolderOf(arrow.From);
        string to = FolderOf(arrow.To);
        return from == to || to == "" || Beneath[from].Contains(to) || Faces.Any(face => FaceOf(arrow.From) == face.Key && to == face.Value);
    }

    private static IEnumerable<(IType From, IType To)> Arrows() =>
        from type in OwnTypes()
        from target in type.GetTypeDependencies()
        where IsOurs(target.FullName)
        select (type, target);

    private static IEnumerable<string> Users(string typeName) =>
        OwnTypes().Where(type => type.GetTypeDependencies().Any(target => target.FullName == typeName)).Select(FolderOf).Distinct();

    private static IEnumerable<IType> OwnTypes() => Loaded.Types.Where(type => IsOurs(type.FullName) || IsExtension(type));

    private static bool IsOurs(string fullName) => fullName == Root || fullName.StartsWith(Root + ".", StringComparison.Ordinal);

    // The extension classes stand in Microsoft's namespaces and in our folder DependencyInjection.
    private static bool IsExtension(IType type) =>
        type.Assembly.Name.StartsWith(Root, StringComparison.Ordinal) && type.Name.StartsWith("Backpressure", StringComparison.Ordinal) && type.Name.EndsWith("Extensions", StringComparison.Ordinal);

    private static string FolderOf(IType type)
    {
        if (IsExtension(type))
        {
            return "DependencyInjection";
        }

        string name = type.Namespace.FullName;
        return name == Root ? "" : name[(Root.Length + 1)..].Split('.')[0];
    }

    // A lambda's class is nested in the type that holds the lambda.
    private static string FaceOf(IType type) => type.FullName[(Root.Length + 1)..].Split('+', '/')[0];
}
