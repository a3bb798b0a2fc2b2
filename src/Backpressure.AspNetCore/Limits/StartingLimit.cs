namespace Backpressure.AspNetCore.Limits;

/// <summary>Reads a limit from its options.</summary>
internal static class StartingLimit
{
    /// <summary>The limit of the whole server when it starts.</summary>
    public static int Of(LimitOptions options) => options.Algorithm == LimitAlgorithm.Fixed ? options.Maximum : options.Initial;

    /// <summary>The cap of a named policy; <see langword="null"/> when it sets none.</summary>
    public static int? CapOf(LimitOptions options)
    {
        if (options.SetsAlgorithm)
        {
            return Of(options);
        }

        return options.SetsMaximum ? options.Maximum : null;
    }
}
