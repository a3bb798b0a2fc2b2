namespace DemoApi.Endpoints;

/// <summary>What <c>/work</c> did.</summary>
internal sealed record WorkDone(int CpuMs, int IoMs, int? Slots);
