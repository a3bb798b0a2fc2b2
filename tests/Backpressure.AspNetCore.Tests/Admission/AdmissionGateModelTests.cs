using CsCheck;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateModelTests
{
    private static readonly ShedReason[] Reasons = Enum.GetValues<ShedReason>();

    private static readonly Gen<GateModel.Settings> Settings =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 6], Gen.OneOf(0m, 0.5m, 1m))
            .Select((cap, capacity, ratio) => new GateModel.Settings(cap == 0 ? null : cap, capacity, ratio));

    private static readonly Gen<Step> Steps = Gen.Frequency(
            (2, Gen.Const(Kind.TryEnter)), (3, Gen.Const(Kind.Enqueue)), (8, Gen.Const(Kind.Arrive)),
            (6, Gen.Const(Kind.Leave)), (2, Gen.Const(Kind.Withdraw)), (2, Gen.Const(Kind.Expire)),
            (3, Gen.Const(Kind.Advance)), (1, Gen.Const(Kind.Refuse)), (1, Gen.Const(Kind.Dismiss)))
        .SelectMany(kind => Gen.Select(Gen.Int[0, 3], Gen.Frequency((6, Gen.Const(1)), (3, Gen.Int[0, 5]), (1, Gen.Int)), Gen.Int[0, 3], Gen.Int[0, 9], Gen.Int[0, 1_000])
            .Select((policy, cost, places, chance, number) => new Step(kind, policy, cost, places, chance, number)));

    private static readonly Gen<Scene> Scenes =
        Gen.Select(Gen.Int[1, 8], Settings.Array[1, 4], Steps.Array[0, 60]).Select((limit, policies, steps) => new Scene(limit, policies, steps));

    private enum Kind
    {
        TryEnter,
        Enqueue,
        Arrive,
        Leave,
        Withdraw,
        Expire,
        Advance,
        Refuse,
        Dismiss,
    }

    [Fact] // R5, R6, C6, C17, C18
    public void The_gate_does_what_a_slow_model_does()
    {
        Scenes.Sample(
            scene =>
            {
                GateTwins twins = new(scene.Limit, scene.Policies);
                foreach (Step step in scene.Steps)
                {
                    Take(step, twins, scene.Policies.Length);
                    twins.Compare();
                }
            },
            iter: 4_000,
            print: scene => $"limit {scene.Limit}, {string.Join(", ", scene.Policies.AsEnumerable())}: {string.Join("; ", scene.Steps)}");
    }

    private static void Take(Step step, GateTwins twins, int policies)
    {
        int policy = step.Policy % policies;
        ShedReason reason = Reasons[step.Number % Reasons.Length];
        TimeSpan expiresAt = step.Chance < 5 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(100) + TimeSpan.FromMilliseconds(step.Number * 3);
        bool isRetry = step.Chance % 3 == 0;
        switch (step.Kind)
        {
            case Kind.TryEnter:
                twins.TryEnter(policy, Math.Max(0, step.Cost), isRetry);
                break;
            case Kind.Enqueue:
                twins.Enqueue(policy, step.Cost, step.Places, isRetry, expiresAt);
                break;
            case Kind.Arrive when !twins.TryEnter(policy, Math.Max(0, step.Cost), isRetry):
                twins.Enqueue(policy, step.Cost, step.Places, isRetry, expiresAt);
                break;
            case Kind.Leave:
                twins.Leave(step.Number);
                break;
            case Kind.Withdraw:
                twins.Withdraw(step.Number);
                break;
            case Kind.Expire:
                twins.Expire(step.Number);
                break;
            case Kind.Advance:
                twins.Advance(TimeSpan.FromMilliseconds(step.Number / 4));
                break;
            case Kind.Refuse:
                twins.Refuse(policy, reason);
                break;
            case Kind.Dismiss when step.Chance < 4:
                twins.Dismiss(policy, reason);
                break;
        }
    }

    private sealed record Scene(int Limit, GateModel.Settings[] Policies, Step[] Steps);

    private readonly record struct Step(Kind Kind, int Policy, int Cost, int Places, int Chance, int Number);
}
