using System.Text;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A stream that is gone once it was read, like one from a network.</summary>
internal sealed class OneWayStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
{
    public override bool CanSeek => false;
}
