namespace Backpressure.AspNetCore.Admission;

/// <summary>A limit that is moved at run time.</summary>
internal interface ISteered
{
    /// <summary>The permits in use; all that there are, where they are held for somebody who waits. Takes no lock.</summary>
    int InUse { get; }

    /// <summary>How many permits are left over that are too few for whoever costs so many; <see langword="null"/> where there is room. Takes no lock.</summary>
    int? LeftOver(int cost);

    /// <summary>Moves it; who waits and fits now is granted.</summary>
    void SetLimit(int limit, TimeSpan now, ref WaiterChain decided);
}
