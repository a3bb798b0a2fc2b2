using Xunit.Sdk;

namespace DemoApi.Tests;

/// <summary>Is <see cref="ToolFactAttribute"/> for a test with several cases.</summary>
[TraitDiscoverer("DemoApi.Tests.ToolTraitDiscoverer", "DemoApi.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public ToolTheoryAttribute(string tool)
    {
        Tool = tool;
        Skip = new ToolFactAttribute(tool).Skip;
    }

    public string Tool { get; }
}
