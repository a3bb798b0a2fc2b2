namespace DemoApi.Storage;

/// <summary>A stretch of the keys in the order of their bytes; <paramref name="Next"/> is what to pass as <c>after</c> for the following one, <see langword="null"/> at the end.</summary>
internal sealed record KeyPage(IReadOnlyList<ListedKey> Items, string? Next);
