namespace Backpressure.AspNetCore.Limits;

/// <summary>Waits until a step of the limit shows in what ends: until those above a lowered limit have left, and then for as long as requests are found running.</summary>
/// <remarks>One after the other: quick requests flow freely while the slow ones that are too many leave, and the slow ones that come need as long again until they are as many as they will be.</remarks>
internal sealed class Transition
{
    private const double Longest = 60; // seconds
    private const double Patience = 3; // times the settling
    private const double ShortestPatience = 2; // seconds

    private bool _isDraining;
    private double _begun;
    private double _settle;
    private double _settled;
    private double _patience;

    /// <summary>Whether what ends now was brought about by the present limit.</summary>
    public bool IsOver { get; private set; }

    /// <param name="now">The time.</param>
    /// <param name="settle">How long to wait, in seconds.</param>
    /// <param name="isDown">Whether more may run than the limit allows now.</param>
    /// <param name="patience">How long those may need to leave, in seconds, at most: nobody else is admitted meanwhile.</param>
    public void Begin(double now, double settle, bool isDown, double patience)
    {
        IsOver = false;
        _isDraining = isDown;
        _begun = now;
        _settle = Math.Min(settle, Longest);
        _patience = Math.Max(ShortestPatience, Math.Min(Patience * _settle, patience));
        _settled = now + _settle;
    }

    /// <summary>Since the limit was moved, or requests stopped, in seconds.</summary>
    public double Elapsed(double now) => now - _begun;

    /// <summary>For how long those above the limit have not left, in seconds, where that is longer than anybody should wait for it; else <see langword="null"/>.</summary>
    public double? StuckFor(double now) => _isDraining && now - _begun > _patience ? now - _begun : null;

    /// <summary>A request ended. Whether it <see cref="IsOver"/> from now on.</summary>
    public bool TryEnd(double now, int inFlight, int limit)
    {
        if (_isDraining && inFlight < limit)
        {
            _isDraining = false;
            _settled = now + _settle;
        }

        IsOver = !_isDraining && now >= _settled;
        return IsOver;
    }
}
