namespace Backpressure.Simulation.Engine;

/// <summary>Who waits for the answer to an attempt.</summary>
internal interface IReceiver
{
    void Answered(in Answer answer, long now);
}
