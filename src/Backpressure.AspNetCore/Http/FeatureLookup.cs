using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Asks a collection of features by type. The generic way costs three times as much, and so do the properties of a context whose features were changed since.</summary>
internal static class FeatureLookup
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // else the type is looked up at run time
    public static TFeature? Find<TFeature>(this IFeatureCollection features)
        where TFeature : class => (TFeature?)features[typeof(TFeature)];
}
