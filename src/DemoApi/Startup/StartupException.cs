namespace DemoApi.Startup;

/// <summary>Ends a start that cannot succeed, with one line that names the setting, its value, the rule and the fix.</summary>
internal sealed class StartupException : Exception
{
    public StartupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
