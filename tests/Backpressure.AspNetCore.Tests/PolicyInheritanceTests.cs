using System.Reflection;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Walks every member of the options that a named policy inherits, so that none that comes later is forgotten.</summary>
public class PolicyInheritanceTests
{
    private static readonly Dictionary<Type, Func<object, object, object>> Over = new()
    {
        [typeof(QueueOptions)] = (own, inherited) => ((QueueOptions)own).Over((QueueOptions)inherited),
        [typeof(TimeoutOptions)] = (own, inherited) => ((TimeoutOptions)own).Over((TimeoutOptions)inherited),
        [typeof(RetryBudgetOptions)] = (own, inherited) => ((RetryBudgetOptions)own).Over((RetryBudgetOptions)inherited),
        [typeof(ShedOptions)] = (own, inherited) => ((ShedOptions)own).Over((ShedOptions)inherited),
    };

    public static TheoryData<Type, string> Members => Those(_ => true);

    /// <summary>Without the callbacks: null is how one is left out, so it cannot be set to null.</summary>
    public static TheoryData<Type, string> Values => Those(property => property.PropertyType.IsValueType);

    [Theory]
    [MemberData(nameof(Members))]
    public void What_the_policy_leaves_out_is_as_in_the_default_policy(Type type, string member)
    {
        PropertyInfo property = type.GetProperty(member)!;
        object inherited = New(type);
        object? other = SetToAnother(property, inherited);

        Assert.Equal(other, property.GetValue(Over[type](New(type), inherited)));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void What_the_policy_sets_is_its_own(Type type, string member)
    {
        PropertyInfo property = type.GetProperty(member)!;
        object own = New(type);
        object? other = SetToAnother(property, own);

        Assert.Equal(other, property.GetValue(Over[type](own, New(type))));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void What_neither_sets_is_the_default(Type type, string member)
    {
        PropertyInfo property = type.GetProperty(member)!;

        Assert.Equal(property.GetValue(New(type)), property.GetValue(Over[type](New(type), New(type))));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void One_member_that_is_set_changes_no_other_and_neither_original(Type type, string member)
    {
        object own = New(type);
        object inherited = New(type);
        object? set = SetToAnother(type.GetProperty(member)!, inherited);

        object merged = Over[type](own, inherited);

        object defaults = New(type);
        foreach (PropertyInfo property in type.GetProperties())
        {
            Assert.Equal(property.GetValue(defaults), property.GetValue(own));
            Assert.Equal(property.Name == member ? set : property.GetValue(defaults), property.GetValue(inherited));
            Assert.Equal(property.GetValue(inherited), property.GetValue(merged));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_policy_can_go_back_to_the_default_of_a_value_by_setting_it(Type type, string member)
    {
        PropertyInfo property = type.GetProperty(member)!;
        object own = New(type);
        object inherited = New(type);
        object? set = property.GetValue(own);
        SetToAnother(property, inherited);

        property.SetValue(own, set);

        Assert.Equal(set, property.GetValue(Over[type](own, inherited)));
    }

    [Fact]
    public void A_policy_knows_whether_it_sets_the_timeout_itself()
    {
        TimeoutOptions server = new() { Default = TimeSpan.FromSeconds(5) };

        Assert.False(new TimeoutOptions().SetsDefault);
        Assert.True(server.SetsDefault);
        Assert.True(new TimeoutOptions().Over(server).SetsDefault);
    }

    private static TheoryData<Type, string> Those(Func<PropertyInfo, bool> wanted)
    {
        TheoryData<Type, string> members = [];
        foreach ((Type type, PropertyInfo property) in Over.Keys.SelectMany(type => type.GetProperties().Where(wanted).Select(property => (type, property))))
        {
            members.Add(type, property.Name);
        }

        return members;
    }

    private static object New(Type type) => Activator.CreateInstance(type)!;

    private static object? SetToAnother(PropertyInfo property, object options)
    {
        object? other = property.GetValue(options) switch
        {
            int number => number + 1,
            double number => number + 0.25,
            TimeSpan time => time + TimeSpan.FromSeconds(1),
            QueueOrder => QueueOrder.OldestFirst,
            ShedBody => ShedBody.Empty,
            null when property.Name == nameof(ShedOptions.OnShed) => new Func<ShedContext, ValueTask>(_ => default),
            _ => throw new NotSupportedException($"Say here what another value of {property.DeclaringType!.Name}.{property.Name} is."),
        };
        property.SetValue(options, other);
        return other;
    }
}
