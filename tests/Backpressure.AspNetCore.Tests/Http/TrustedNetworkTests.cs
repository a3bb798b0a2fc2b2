using System.Net;
using Backpressure.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class TrustedNetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "::10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "a00::1", false)]
    [InlineData("192.168.7.9/32", "192.168.7.9", true)]
    [InlineData("192.168.7.9/32", "192.168.7.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.7", true)]
    [InlineData("0.0.0.0/0", "::ffff:203.0.113.7", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    [InlineData("fd00::/8", "fd12:3456::1", true)]
    [InlineData("fd00::/8", "fe80::1", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "::2", false)]
    [InlineData("::1/128", "127.0.0.1", false)]
    [InlineData("127.0.0.1/32", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "::1", true)]
    [InlineData("::/0", "203.0.113.7", false)]
    [InlineData("::/0", "::ffff:203.0.113.7", false)]
    public void A_network_holds_its_addresses_however_a_socket_shows_them(string network, string address, bool holds) =>
        Assert.Equal(holds, new TrustedNetwork(IPNetwork.Parse(network)).Contains(IPAddress.Parse(address)));

    [Fact]
    public void It_agrees_with_the_framework_on_any_address_of_its_family()
    {
        const int Seed = 7;
        Random random = new(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            int length = i % 2 == 0 ? 4 : 16;
            int prefix = random.Next((8 * length) + 1);
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            IPNetwork network = new(new IPAddress(Masked(bytes, prefix)), prefix);
            bytes[random.Next(length)] ^= (byte)random.Next(256);
            IPAddress address = new(bytes);

            Assert.True(network.Contains(address) == new TrustedNetwork(network).Contains(address), $"{address} in {network} (seed {Seed})");
        }
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        TrustedNetwork network = new(IPNetwork.Parse("10.0.0.0/8"));
        IPAddress address = IPAddress.Parse("::ffff:10.1.2.3");
        network.Contains(address);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            network.Contains(address);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Masked(byte[] bytes, int prefix) =>
        [.. bytes.Select((value, i) => (byte)(value & (0xff00 >> Math.Clamp(prefix - (8 * i), 0, 8))))];
}
