namespace DemoApi.Storage;

/// <summary>A key in a listing, with the size of its value in bytes.</summary>
internal sealed record ListedKey(string Key, long Size);
