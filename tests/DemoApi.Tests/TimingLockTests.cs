namespace DemoApi.Tests;

[Collection(TimingSensitive.Name)]
public sealed class TimingLockTests
{
    [Fact]
    public void Nobody_else_gets_the_lock_while_these_tests_run() =>
        Assert.Throws<IOException>(() => new FileStream(TimingLock.FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
}
