namespace DemoApi.Tests.Load;

/// <summary>An HTTP answer that arrived whole.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The value of a header; <see langword="null"/> where it is absent. Several lines of one field are joined by a comma.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, IEnumerable<string> values) in response.Headers.NonValidated.Select(Flat).Concat(response.Content.Headers.NonValidated.Select(Flat)))
        {
            headers[name] = string.Join(",", values);
        }

        return new Answer((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync(cancellation));
    }

    private static (string Name, IEnumerable<string> Values) Flat(KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> field) => (field.Key, field.Value);
}
