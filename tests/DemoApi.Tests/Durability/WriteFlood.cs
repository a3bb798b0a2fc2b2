using System.Globalization;
using System.Net;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Durability;

/// <summary>A flood of writes, each with a key and a value of its own, and what must be read back afterwards.</summary>
internal sealed class WriteFlood
{
    private readonly int _seed = Seed.Next();

    /// <summary>What to send to a server.</summary>
    public LoadPlan PlanFor(Uri address, double perSecond, TimeSpan duration) => new()
    {
        Target = address,
        PerSecond = perSecond,
        Duration = duration,
        Seed = _seed,
        Request = number => new HttpRequestMessage(HttpMethod.Put, new Uri(address, PathOf(number))) { Content = new ByteArrayContent(ValueOf(number)) },
    };

    /// <summary>Holds what a server has stored against what the clients were told: an acknowledged write is there, a refused one is not, and nothing is there in part.</summary>
    public async Task VerifyAsync(LoadReport report, HttpClient reader)
    {
        for (int number = 0; number < report.Exchanges.Count; number++)
        {
            Exchange exchange = report.Exchanges[number];
            using HttpResponseMessage response = await reader.GetAsync(PathOf(number));
            string what = $"write {number} ended as {exchange.Bucket} and reads as {(int)response.StatusCode}; {report}";
            bool isThere = response.StatusCode == HttpStatusCode.OK;
            Assert.True(isThere || response.StatusCode == HttpStatusCode.NotFound, what);
            Assert.True(isThere || exchange.Bucket != Bucket.Served, $"LOST: {what}");
            Assert.True(!isThere || exchange.Bucket != Bucket.Refused, $"EXECUTED THOUGH REFUSED: {what}");
            if (isThere)
            {
                Assert.Equal(ValueOf(number), await response.Content.ReadAsByteArrayAsync());
            }
        }
    }

    private string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"/kv/{_seed}-{number}");

    private byte[] ValueOf(int number)
    {
        Random random = new(_seed ^ number);
        byte[] value = new byte[random.Next(1, 512)];
        random.NextBytes(value);
        return value;
    }
}
