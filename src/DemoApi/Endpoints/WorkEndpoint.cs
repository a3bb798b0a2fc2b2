using Microsoft.AspNetCore.Mvc;

namespace DemoApi.Endpoints;

/// <summary>Serves work of any shape, so that anyone can build the overload that he wants to see: <c>/work?cpuMs=&amp;ioMs=&amp;slots=</c>.</summary>
internal static class WorkEndpoint
{
    private const int LongestCpuMs = 10_000;
    private const int LongestIoMs = 60_000;
    private const int MostSlots = 10_000;

    public static void MapWork(this WebApplication app) => app.MapGet("/work", WorkAsync);

    private static async Task<IResult> WorkAsync(HttpContext context, WorkSlots allSlots, [FromServices] TimeProvider? time, CancellationToken cancellationToken)
    {
        QueryInput query = new(context.Request.QueryString);
        int cpuMs = query.Whole("cpuMs", 0, LongestCpuMs, absent: 0)!.Value;
        int ioMs = query.Whole("ioMs", 0, LongestIoMs, absent: 0)!.Value;
        int? slotCount = query.Whole("slots", 1, MostSlots, absent: null);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        SemaphoreSlim? slots = slotCount is int count ? allSlots.For(count) : null;
        if (slotCount is not null && slots is null)
        {
            return Problems.BadInput(
                "slots",
                $"slots must be one of the {WorkSlots.MaximumSizes} numbers in use: no further one fits (was '{slotCount}'). Use one of those, or restart the server.");
        }

        ProcessorTime.Use(TimeSpan.FromMilliseconds(cpuMs));
        await WaitAsync(TimeSpan.FromMilliseconds(ioMs), slots, time ?? TimeProvider.System, cancellationToken);
        return TypedResults.Ok(new WorkDone(cpuMs, ioMs, slotCount));
    }

    /// <summary>Waits, in a slot where there are slots, as for a dependency that serves so many at a time.</summary>
    private static async Task WaitAsync(TimeSpan io, SemaphoreSlim? slots, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (slots is null)
        {
            await Task.Delay(io, time, cancellationToken);
            return;
        }

        await slots.WaitAsync(cancellationToken);
        try
        {
            await Task.Delay(io, time, cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }
}
