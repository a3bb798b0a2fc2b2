using Backpressure.AspNetCore.Admission;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Whatever threads do to a gate at once, the result is that of some order of their calls. Programs are short, so that all orders can be tried.</summary>
[Collection(nameof(AloneInProcess))]
public sealed class AdmissionGateInterleavingTests
{
    private static readonly int Programs = Heavy.IsFull ? 3_000 : 300;
    private const int RunsEach = 40;

    private static readonly Gen<PolicySettings> Settings = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Enum<QueueOrder>())
        .Select((cap, capacity, order) => new PolicySettings { Cap = cap is 1 or 2 ? cap : null, QueueCapacity = capacity, Order = order });

    private static readonly Gen<InterleavedProgram> Whole = Gen.Select(
            Gen.Int[1, 2], Settings.Array[1, 2], Thread(4).Array[2], Thread(2).Array[0, 1])
        .Select((limit, settings, two, third) => new InterleavedProgram([.. two.Concat(third).Select(steps => Fit(steps, settings.Length))], limit, settings));

    [Fact] // R4, R5, C6, C19, B1, B14, B17, B22
    public void What_threads_do_at_once_is_what_they_do_in_some_order() => Whole.Sample(
        program =>
        {
            HashSet<string> possible = program.Possible();
            foreach (string result in program.RunAtOnce(RunsEach))
            {
                Assert.True(possible.Contains(result), $"{program}{Environment.NewLine}came to: {result}{Environment.NewLine}which is none of:{Environment.NewLine}{string.Join(Environment.NewLine, possible.Order())}");
            }
        },
        iter: Programs,
        threads: 1);

    private static Gen<InterleavedProgram.Step[]> Thread(int most) => Gen.Select(
            Gen.Frequency(
                (5, Gen.Const(InterleavedProgram.Kind.Enter)), (4, Gen.Const(InterleavedProgram.Kind.Leave)), (2, Gen.Const(InterleavedProgram.Kind.Withdraw)),
                (1, Gen.Const(InterleavedProgram.Kind.Raise)), (1, Gen.Const(InterleavedProgram.Kind.Lower))),
            Gen.Int[0, 3], Gen.Int[0, 1], Gen.Enum<Criticality>(), Gen.Frequency((4, Gen.Const(1)), (1, Gen.Int[0, 3])))
        .Select((kind, request, policy, criticality, cost) => new InterleavedProgram.Step(kind, request, policy, criticality, cost))
        .Array[1, most];

    /// <summary>Lets a step speak of a request that its thread has, and of a policy that there is.</summary>
    private static InterleavedProgram.Step[] Fit(InterleavedProgram.Step[] steps, int policies)
    {
        int entered = 0;
        return [.. steps.Select(step => step.Kind == InterleavedProgram.Kind.Enter
            ? step with { Request = entered++, Policy = step.Policy % policies }
            : step with { Request = entered == 0 ? 0 : step.Request % entered })];
    }
}
