namespace Backpressure.AspNetCore.Limits;

/// <summary>Suspects the limit where the server does less: one that was pushed over a cliff stays there, also under a limit that worked before. Fewer in flight free it, and tell.</summary>
internal sealed class Stall
{
    private const double Follows = 0.5; // elasticity: fewer in flight do less, so nobody is in anybody's way
    private const double Fall = 1.4; // times as much before: less than that may be chance

    private bool _isAsked;

    /// <summary>Whether the next look must be downwards.</summary>
    public bool IsSuspected { get; set; }

    /// <summary>A look begins.</summary>
    /// <returns>Whether it will tell.</returns>
    public bool Asks(bool isDown)
    {
        _isAsked = IsSuspected && isDown;
        IsSuspected = false;
        return _isAsked;
    }

    /// <summary>The look was given up, and told nothing.</summary>
    public void AskAgain()
    {
        IsSuspected |= _isAsked;
        _isAsked = false;
    }

    /// <summary>A dip ended.</summary>
    /// <returns>What the server did before, where it is now known to be slower for another reason; else 0.</returns>
    public double SlowedFrom(Contrast contrast, UsualThroughput usual)
    {
        if (!_isAsked)
        {
            return 0;
        }

        _isAsked = false;
        double shortfall = usual.TakeShortfall(contrast.High);
        return contrast.Elasticity > Follows && shortfall > Fall ? shortfall * contrast.High.Done : 0;
    }
}
