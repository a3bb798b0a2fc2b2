using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DemoApi.Storage;

/// <summary>Tells whether the database can be read.</summary>
internal sealed class StorageHealthCheck : IHealthCheck
{
    private readonly KeyValueStore _store;

    public StorageHealthCheck(KeyValueStore store) => _store = store;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            _store.Probe();
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (SqliteException exception)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The database cannot be read.", exception));
        }
    }
}
