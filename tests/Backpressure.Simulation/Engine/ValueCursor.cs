using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Reads a piecewise constant value at times that never run back.</summary>
internal sealed class ValueCursor
{
    private readonly Piecewise _value;
    private int _index;
    private long _next; // when the value after the present one begins

    public ValueCursor(Piecewise value)
    {
        _value = value;
        _next = TicksOf(1);
    }

    public double At(long now)
    {
        while (now >= _next)
        {
            _next = TicksOf(++_index + 1);
        }

        return _value.Values[_index];
    }

    private long TicksOf(int index) => index < _value.From.Length ? TimeSpan.FromSeconds(_value.From[index]).Ticks : long.MaxValue;
}
