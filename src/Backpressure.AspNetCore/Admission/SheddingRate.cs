namespace Backpressure.AspNetCore.Admission;

/// <summary>Follows how many requests are refused for each that waited and was granted: by how much more comes than can be served.</summary>
internal sealed class SheddingRate
{
    private const int Remembered = 64; // grants, as the queue's pace does

    private double _perGrant; // written under the gate's lock
    private long _shed; // guarded by it
    private int _grants; // likewise

    public double PerGrant => Volatile.Read(ref _perGrant);

    /// <summary>Nobody was refused for a while: what was is over.</summary>
    public void Forget()
    {
        _grants = 0;
        Volatile.Write(ref _perGrant, 0);
    }

    /// <summary>A waiter was granted its permits.</summary>
    /// <param name="shed">How many were refused so far.</param>
    public void NoteGrant(long shed)
    {
        long since = shed - _shed;
        _shed = shed;
        _grants = Math.Min(_grants + 1, Remembered);
        Volatile.Write(ref _perGrant, _perGrant + ((since - _perGrant) / _grants));
    }
}
