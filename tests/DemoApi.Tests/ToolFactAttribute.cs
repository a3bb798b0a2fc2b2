using Xunit.Sdk;

namespace DemoApi.Tests;

/// <summary>Marks a test that needs a tool from outside the SDK; it runs only where <c>BACKPRESSURE_TOOLS</c> is 1, and there it fails when the tool is missing.</summary>
[TraitDiscoverer("DemoApi.Tests.ToolTraitDiscoverer", "DemoApi.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute, ITraitAttribute
{
    public ToolFactAttribute(string tool)
    {
        Tool = tool;
        if (Environment.GetEnvironmentVariable("BACKPRESSURE_TOOLS") != "1")
        {
            Skip = $"needs {tool}; set BACKPRESSURE_TOOLS=1 to run it";
        }
    }

    public string Tool { get; }
}
