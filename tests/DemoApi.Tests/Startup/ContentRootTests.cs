using DemoApi.Startup;

namespace DemoApi.Tests.Startup;

public sealed class ContentRootTests
{
    [Theory]
    [InlineData("--contentRoot=/srv")]
    [InlineData("--contentRoot", "/srv")]
    public void A_folder_that_was_chosen_is_left_to_the_host(params string[] args) => Assert.Null(ContentRoot.Choose(args));
}
