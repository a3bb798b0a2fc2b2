using Xunit.Abstractions;
using Xunit.Sdk;

namespace DemoApi.Tests;

/// <summary>Gives every test that needs a tool the trait <c>Category=Tools</c>, and its tool as the trait <c>Tool</c>.</summary>
public sealed class ToolTraitDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute)
    {
        ArgumentNullException.ThrowIfNull(traitAttribute);
        yield return new("Category", "Tools");
        yield return new("Tool", traitAttribute.GetNamedArgument<string>(nameof(ToolFactAttribute.Tool)));
    }
}
