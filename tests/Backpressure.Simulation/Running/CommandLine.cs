using System.Diagnostics;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Pictures;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Report;

namespace Backpressure.Simulation.Running;

/// <summary>The program: finds its command, and is the command <c>tournament</c>.</summary>
internal static class CommandLine
{
    private const int Wrong = 2;

    /// <returns>The exit code: 0, or 2 for arguments or scenarios that are wrong.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is [StormArguments.Command, ..])
        {
            return StormCommand.Run(args.AsSpan(1), output, errors);
        }

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

        try
        {
            Run(arguments, scenarios, output);
        }
        catch (ScenarioException wrong)
        {
            errors.WriteLine(wrong.Message);
            return Wrong;
        }

        return 0;
    }

    private static void Run(Arguments arguments, List<Scenario> scenarios, TextWriter output)
    {
        BestLimits? best = arguments.BestLimits is { } file ? BestLimits.Load(file) : null;
        Tournament tournament = new(arguments.Contenders, arguments.Seeds, Environment.ProcessorCount, best);
        TimeSpan processorTime = ProcessorTime;
        ScenarioResult[] results = tournament.Run(scenarios);
        best?.Save(arguments.BestLimits!);
        if (arguments.Document is { } document)
        {
            MarkedDocument.Replace(document, MarkdownReport.Write(results));
        }

        if (arguments.Pictures is { } folder)
        {
            Draw(folder, results, arguments.Contenders);
        }

        output.Write(arguments.Form switch
        {
            ReportForm.Json => $"{JsonReport.Write(results)}{Environment.NewLine}",
            ReportForm.Markdown => MarkdownReport.Write(results),
            _ => TableReport.Write(results, new Speed(tournament.Calls, tournament.Events, ProcessorTime - processorTime)),
        });
    }

    private static void Draw(string folder, ScenarioResult[] results, IReadOnlyList<Contender> contenders)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (ScenarioResult result in results)
            {
                File.WriteAllText(Path.Combine(folder, $"{result.Scenario.Name}.svg"), ScenarioPicture.Draw(result, contenders, Environment.ProcessorCount));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException(folder, [$"cannot take pictures: {failure.Message}"]);
        }
    }

    private static TimeSpan ProcessorTime => Process.GetCurrentProcess().TotalProcessorTime;
}
