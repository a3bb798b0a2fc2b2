namespace Backpressure.AspNetCore.Admission;

/// <summary>Says who makes place for a newcomer at a full queue: the newest of the lowest lane below it or, in a queue that evicts the oldest, the oldest of the lowest lane up to its own. Guarded by the gate's lock.</summary>
internal static class Displacement
{
    /// <summary>The places that the queue lacks for the newcomer; none or less when it may simply join.</summary>
    public static long Lacking(Waiter newcomer) => (long)newcomer.Policy.Waiting.Places + newcomer.Places - newcomer.Policy.Settings.QueueCapacity;

    /// <summary>The places that others could make.</summary>
    public static long Available(Waiter newcomer)
    {
        long places = 0;
        for (int lane = 0; lane < End(newcomer); lane++)
        {
            places += newcomer.Policy.Waiting[lane].Places;
        }

        return places;
    }

    /// <summary>Who goes next; only while <see cref="Available"/> is not less than <see cref="Lacking"/>, which is above none.</summary>
    public static Waiter Next(Waiter newcomer)
    {
        WaiterQueue lowest = newcomer.Policy.Waiting[newcomer.Policy.Waiting.Lowest];
        return newcomer.Policy.Settings.EvictsOldest ? lowest.First! : lowest.Last!;
    }

    private static int End(Waiter newcomer) => newcomer.Policy.Settings.EvictsOldest ? newcomer.Lane + 1 : newcomer.Lane;
}
