using System.Diagnostics;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Report;

namespace Backpressure.Simulation.Running;

/// <summary>The command <c>tournament</c>.</summary>
internal static class CommandLine
{
    private const int Wrong = 2;

    /// <returns>The exit code: 0, or 2 for arguments or scenarios that are wrong.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            output.WriteLine(Arguments.Usage);
            return 0;
        }

        (Arguments? arguments, string? error) = Arguments.Parse(args);
        if (arguments is null)
        {
            errors.WriteLine(error);
            errors.WriteLine(Arguments.Usage);
            return Wrong;
        }

        List<Scenario> scenarios = [];
        bool areWrong = false;
        foreach (string file in arguments.Files)
        {
            try
            {
                scenarios.Add(ScenarioReader.ReadFile(file));
            }
            catch (ScenarioException wrong)
            {
                errors.WriteLine(wrong.Message);
                areWrong = true;
            }
        }

        if (areWrong)
        {
            return Wrong;
        }

        Tournament tournament = new(arguments.Contenders, arguments.Seeds, Environment.ProcessorCount);
        TimeSpan processorTime = ProcessorTime;
        ScenarioResult[] results = tournament.Run(scenarios);
        if (arguments.IsJson)
        {
            output.WriteLine(JsonReport.Write(results));
        }
        else
        {
            output.Write(TableReport.Write(results, new Speed(tournament.Calls, tournament.Events, ProcessorTime - processorTime)));
        }

        return 0;
    }

    private static TimeSpan ProcessorTime => Process.GetCurrentProcess().TotalProcessorTime;
}
