using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Keeps the requests that are not in use, and makes each one new for its next use.</summary>
internal sealed class RequestShelf
{
    private readonly Stack<Request> _unused = new();
    private readonly ulong _seed;
    private readonly double[] _shares; // of the classes, added up

    public RequestShelf(ClassModel[] classes, ulong seed)
    {
        _seed = seed;
        _shares = new double[classes.Length];
        double sum = 0;
        for (int i = 0; i < _shares.Length; i++)
        {
            sum += classes[i].Share;
            _shares[i] = sum;
        }
    }

    /// <param name="number">The number of the logical request.</param>
    /// <param name="attempt">From 1.</param>
    /// <param name="firstSentAt">When the logical request was sent first, in ticks.</param>
    public Request Rent(long number, int attempt, long firstSentAt)
    {
        if (!_unused.TryPop(out Request? request))
        {
            request = new Request();
        }

        request.Number = number;
        request.Attempt = attempt;
        request.IsRetry = attempt > 1;
        request.FirstSentAt = firstSentAt;
        request.IsAbandoned = false;
        request.IsFailing = false;
        request.HoldsThread = false;
        request.Outcome = Outcome.Undecided;
        request.Random = SplitMix.For(_seed, StreamPurpose.Demands, number); // a retry needs what the first attempt needed
        request.Class = _shares.Length == 1 ? 0 : DrawClass(ref request.Random);
        return request;
    }

    /// <summary>Nobody knows a request any more.</summary>
    public void Return(Request request)
    {
        request.Use++;
        request.Receiver = null;
        _unused.Push(request);
    }

    private int DrawClass(ref SplitMix random)
    {
        double at = random.NextUniform() * _shares[^1];
        int index = 0;
        while (index < _shares.Length - 1 && at >= _shares[index])
        {
            index++;
        }

        return index;
    }
}
