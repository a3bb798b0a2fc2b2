using Backpressure.AspNetCore.Admission;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateModelTests
{
    private static readonly ShedReason[] Reasons = Enum.GetValues<ShedReason>();
    private static readonly Criticality[] Criticalities = Enum.GetValues<Criticality>();

    private static readonly Gen<int> Milliseconds = Gen.Frequency((4, Gen.Int[1, 10]), (2, Gen.Int[1, 150]), (1, Gen.Int[100, 1_500]));

    private static readonly Gen<PolicySettings> Settings =
        Gen.Select(Gen.Int[-4, 6], Gen.Int[0, 6], Gen.Enum<QueueOrder>(), Gen.Int[0, 3], Milliseconds).Select((cap, capacity, order, kind, wait) => new PolicySettings
        {
            Cap = cap < 1 ? null : cap,
            QueueCapacity = capacity,
            Order = order,
            EvictsOldest = kind == 0 && order == QueueOrder.NewestFirst,
            MaximumWait = kind == 1 ? TimeSpan.FromMilliseconds(wait) : Timeout.InfiniteTimeSpan,
        });

    private static readonly Gen<(PolicySettings, decimal)> Policies = Gen.Select(Settings, Gen.OneOf(0m, 0.5m, 1m));

    private static readonly Gen<Step> Steps = Gen.Frequency(
            (2, Gen.Const(Kind.TryTake)), (16, Gen.Const(Kind.Enter)), (10, Gen.Const(Kind.Leave)), (2, Gen.Const(Kind.Withdraw)), (2, Gen.Const(Kind.Expire)),
            (6, Gen.Const(Kind.Advance)), (1, Gen.Const(Kind.SetLimit)), (1, Gen.Const(Kind.SetCeiling)), (1, Gen.Const(Kind.Configure)), (1, Gen.Const(Kind.Dismiss)))
        .SelectMany(kind => Gen.Select(
                Gen.Int[0, 2], Gen.Frequency((6, Gen.Const(1)), (3, Gen.Int[0, 5]), (1, Gen.Int[0, int.MaxValue])), Gen.Int[0, 99], Gen.Int[0, 1_000], Milliseconds, Settings)
            .Select((policy, cost, chance, number, milliseconds, settings) => new Step(kind, policy, cost, chance, number, TimeSpan.FromMilliseconds(milliseconds), settings)));

    private static readonly Gen<Scene> Scenes =
        Gen.Select(Gen.Int[1, 8], Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false))), Policies.Array[1, 3], Steps.Array[0, 80])
            .Select((limit, honoursAge, policies, steps) => new Scene(limit, honoursAge, policies, steps));

    private enum Kind
    {
        TryTake,
        Enter,
        Leave,
        Withdraw,
        Expire,
        Advance,
        SetLimit,
        SetCeiling,
        Configure,
        Dismiss,
    }

    [Fact] // R4, R5, R6, C6, C16, C17, C18, C19
    public void The_gate_does_what_a_slow_model_does()
    {
        Scenes.Sample(
            scene =>
            {
                GateTwins twins = new(scene.Limit, scene.HonoursAge, scene.Policies);
                foreach (Step step in scene.Steps)
                {
                    Take(step, twins, scene.Policies.Length);
                    twins.Compare();
                }
            },
            iter: Heavy.IsFull ? 60_000 : 6_000,
            print: scene => $"limit {scene.Limit}, by age {scene.HonoursAge},\n{string.Join("\n", scene.Policies)}\n{string.Join("\n", scene.Steps)}");
    }

    private static void Take(Step step, GateTwins twins, int policies)
    {
        int policy = step.Policy % policies;
        switch (step.Kind)
        {
            case Kind.TryTake:
                twins.TryTake(policy, step.Cost);
                break;
            case Kind.Enter:
                TimeSpan? timeLeft = step.Chance < 60 ? null : step.Chance < 64 ? TimeSpan.Zero : step.Time;
                int places = step.Number < 900 ? 1 : step.Number % 4;
                twins.Enter(policy, step.Cost, places, Criticalities[Math.Min(step.Number % 5, 2)], isRetry: step.Chance % 4 == 0, timeLeft);
                break;
            case Kind.Leave:
                twins.Leave(step.Number, isSample: step.Chance < 80);
                break;
            case Kind.Withdraw or Kind.Expire:
                twins.TakeOut(step.Number, step.Kind == Kind.Expire);
                break;
            case Kind.Advance:
                twins.Advance(step.Time);
                break;
            case Kind.SetLimit:
                twins.SetLimit((step.Number % 8) + 1);
                break;
            case Kind.SetCeiling:
                twins.SetCeiling(step.Chance < 30 ? Permits.NoCeiling : (step.Number % 8) + 1);
                break;
            case Kind.Configure:
                twins.Configure(policy, step.Settings);
                break;
            case Kind.Dismiss when step.Chance < 40:
                twins.Dismiss(policy, Reasons[step.Number % Reasons.Length]);
                break;
        }
    }

    private sealed record Scene(int Limit, bool HonoursAge, (PolicySettings, decimal)[] Policies, Step[] Steps);

    private readonly record struct Step(Kind Kind, int Policy, int Cost, int Chance, int Number, TimeSpan Time, PolicySettings Settings);
}
