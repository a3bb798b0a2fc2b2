using Backpressure.AspNetCore.Http;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Reading a caller's headers allocates nothing, whatever they are (R18).</summary>
public sealed class CallerHeadersMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(40)]
    public void Nothing_is_allocated_with_any_number_of_other_headers(int others)
    {
        HeaderDictionary headers = [];
        for (int i = 0; i < others; i++)
        {
            headers[$"X-Other-{i}"] = $"{i}";
        }

        foreach (string name in RequestFieldNames.All)
        {
            headers[name] = "1";
        }

        CallerHeaders.Read(headers, RequestFields.All);
        long least = Enumerable.Range(0, 10).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CallerHeaders.Read(headers, RequestFields.All);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }
}
