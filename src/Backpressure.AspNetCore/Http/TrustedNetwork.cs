using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Backpressure.AspNetCore.Http;

/// <summary>A network whose peers are trusted. Addresses are compared as 128 bits, those of IPv4 as they are mapped into IPv6, so that a socket for both families sees the same networks and nothing is allocated.</summary>
internal readonly struct TrustedNetwork
{
    private const int MappedBits = 96; // ::ffff:0:0/96

    private readonly UInt128 _base;
    private readonly UInt128 _mask;
    private readonly bool _isMapped;

    public TrustedNetwork(IPNetwork network)
    {
        int bits = network.PrefixLength + (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? MappedBits : 0);
        _base = Bits(network.BaseAddress);
        _mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        _isMapped = bits >= MappedBits && IsMapped(_base);
    }

    /// <summary>Whether the network holds the address. A network of IPv6 that is wide enough to hold those of IPv4 holds none of them: whoever wrote ::/0 did not mean them.</summary>
    public bool Contains(IPAddress address)
    {
        UInt128 bits = Bits(address);
        return (bits & _mask) == _base && IsMapped(bits) == _isMapped;
    }

    private static bool IsMapped(UInt128 bits) => bits >> 32 == 0xffff;

    private static UInt128 Bits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10..12].Fill(0xff);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
