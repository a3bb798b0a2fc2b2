using Backpressure.AspNetCore;
using DemoApi.Storage;

namespace DemoApi.Endpoints;

/// <summary>Serves the store: put, get, delete and list.</summary>
internal static class KeyValueEndpoints
{
    private const string OneKey = "/kv/{**key}";
    private const string OctetStream = "application/octet-stream";

    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    public static void MapKeyValues(this WebApplication app)
    {
        app.MapMethods("/kv", Read, List).RequireBackpressure("reads").WithCriticality(Criticality.Sheddable); // a list can wait; a key is what somebody needs now
        app.MapMethods(OneKey, Read, Get).RequireBackpressure("reads");
        app.MapPut(OneKey, PutAsync).RequireBackpressure("writes");
        app.MapDelete(OneKey, DeleteAsync).RequireBackpressure("writes");
    }

    private static IResult List(HttpContext context, KeyValueStore store)
    {
        QueryInput query = new(context.Request.QueryString);
        byte[] prefix = Text("prefix");
        byte[] after = Text("after");
        int? limit = query.Whole("limit", 1, 1000, absent: 100);
        return query.Refusal ?? TypedResults.Ok(store.List(prefix, after, limit!.Value));

        byte[] Text(string name)
        {
            byte[] bytes = query.Bytes(name);
            if (StorageKey.Offence(bytes) is { } broken)
            {
                query.Note(name, broken);
            }

            return bytes;
        }
    }

    private static IResult Get(HttpContext context, KeyValueStore store)
    {
        (StorageKey? key, IResult? refusal) = KeyPath.Read(context);
        if (key is null)
        {
            return refusal!;
        }

        if (store.Get(key) is not { } value)
        {
            return Problems.NoSuchKey();
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox"; // anyone may store a page here; it must not act as a page of ours
        return TypedResults.Bytes(value.Content, value.ContentType ?? OctetStream);
    }

    private static async Task<IResult> PutAsync(HttpContext context, KeyValueStore store, CancellationToken cancellationToken)
    {
        (StorageKey? key, IResult? refusal) = KeyPath.Read(context);
        if (key is null)
        {
            return refusal!;
        }

        (StoredValue? value, refusal) = await ValueBody.ReadAsync(context.Request, cancellationToken);
        if (value is null)
        {
            return refusal!;
        }

        bool isNew = await store.PutAsync(key, value, cancellationToken);
        return isNew ? TypedResults.Created(KeyPath.For(key)) : TypedResults.NoContent();
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, KeyValueStore store, CancellationToken cancellationToken)
    {
        (StorageKey? key, IResult? refusal) = KeyPath.Read(context);
        if (key is null)
        {
            return refusal!;
        }

        await store.DeleteAsync(key, cancellationToken);
        return TypedResults.NoContent();
    }
}
