namespace Backpressure.Simulation.Model;

/// <summary>A policy below the limit of the server.</summary>
/// <param name="Name">Its name in the scenario.</param>
/// <param name="Cap">How many permits it may hold; <see langword="null"/> for no cap.</param>
/// <param name="Queue">Its queue; <see langword="null"/> for one like that of the scenario.</param>
internal sealed record PolicyModel(string Name, int? Cap, QueueModel? Queue);
