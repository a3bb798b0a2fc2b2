using Microsoft.Extensions.Configuration;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>The configuration that options are read from, when the application chose one itself.</summary>
internal sealed record ConfigurationSource(IConfiguration Section);
