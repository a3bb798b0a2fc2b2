using System.Net;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>A gRPC call as its bytes are, and its answer as a client reads it.</summary>
internal static class GrpcCall
{
    private static readonly byte[] EmptyMessage = [0, 0, 0, 0, 0];

    public static Task<HttpResponseMessage> SendAsync(App app, string contentType = "application/grpc", params (string Name, string Value)[] headers) =>
        SendAsync(app, contentType, "/", headers);

    public static Task<HttpResponseMessage> SendAsync(App app, string contentType, string path, params (string Name, string Value)[] headers)
    {
        bool isWeb = contentType.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);
        HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Version = isWeb ? app.Client.DefaultRequestVersion : HttpVersion.Version20,
            VersionPolicy = app.Client.DefaultVersionPolicy,
            Content = new ByteArrayContent(EmptyMessage),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return app.Client.SendAsync(request);
    }

    /// <summary>Sends a call that waits in the queue, and returns once it does.</summary>
    public static async Task<Task<HttpResponseMessage>> QueueAsync(App app, params (string Name, string Value)[] headers)
    {
        int before = app.Policy().Queued;
        Task<HttpResponseMessage> answer = SendAsync(app, "application/grpc", headers);
        await Eventually.HoldsAsync(() => app.Policy().Queued == before + 1);
        return answer;
    }
}
