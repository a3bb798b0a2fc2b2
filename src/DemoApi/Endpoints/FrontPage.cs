namespace DemoApi.Endpoints;

/// <summary>Serves the page that says what this server is and where to look.</summary>
internal static class FrontPage
{
    private static readonly byte[] Html = Load();

    public static void MapFrontPage(this WebApplication app) =>
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], static (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
            return TypedResults.Bytes(Html, "text/html; charset=utf-8");
        }).DisableBackpressure();

    private static byte[] Load()
    {
        using Stream page = typeof(FrontPage).Assembly.GetManifestResourceStream("FrontPage.html")!;
        byte[] html = new byte[page.Length];
        page.ReadExactly(html);
        return html;
    }
}
