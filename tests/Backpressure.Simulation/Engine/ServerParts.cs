using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>What a server is made of.</summary>
internal sealed record ServerParts(Scenario Scenario, IAlgorithm Algorithm, AdmissionGate Gate, PolicySettings Settings, RetryAllowance? Retries, ServerMeasures Measures);
