using System.Collections.Concurrent;
using Grpc.Core;

namespace Backpressure.AspNetCore.Tests.Http.Rpc;

/// <summary>What the methods of a test's service do, and the ledger of the calls that reached them.</summary>
internal sealed class OrderDesk
{
    private readonly ConcurrentQueue<string> _executed = new();

    public Func<string, ServerCallContext, Task<string>> Place { get; init; } = static (order, _) => Task.FromResult($"placed {order}");

    public Func<IServerStreamWriter<string>, ServerCallContext, Task> Watch { get; init; } = static (news, _) => news.WriteAsync("news");

    public Func<IAsyncStreamReader<string>, ServerCallContext, Task<string>> Import { get; init; } = static async (orders, context) =>
    {
        int count = 0;
        while (await orders.MoveNext(context.CancellationToken))
        {
            count++;
        }

        return $"imported {count}";
    };

    /// <summary>By default it echoes.</summary>
    public Func<IAsyncStreamReader<string>, IServerStreamWriter<string>, ServerCallContext, Task> Chat { get; init; } = static async (questions, answers, context) =>
    {
        while (await questions.MoveNext(context.CancellationToken))
        {
            await answers.WriteAsync(questions.Current, context.CancellationToken);
        }
    };

    /// <summary>The calls whose handlers began, in their order.</summary>
    public string[] Executed => [.. _executed];

    public void Note(string call) => _executed.Enqueue(call);
}
