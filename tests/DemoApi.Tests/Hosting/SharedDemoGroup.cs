namespace DemoApi.Tests.Hosting;

/// <summary>The test classes that share one DemoApi.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDemoGroup : ICollectionFixture<SharedDemo>
{
    public const string Name = "shared demo";
}
