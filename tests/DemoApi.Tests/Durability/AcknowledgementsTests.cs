namespace DemoApi.Tests.Durability;

public sealed class AcknowledgementsTests
{
    private const string Write = """7 1.1 pwrite64(219</data/kv.db-wal>, "\n\0", 4096, 8272) = 4096""";
    private const string Flush = "7 1.2 fsync(219</data/kv.db-wal>) = 0";
    private const string Answer = """8 1.3 sendto(256<TCP:[127.0.0.1:1->127.0.0.1:2]>, "HTTP/1.1 201 Created\r\n"..., 98, 0, NULL, 0) = 98""";

    [Fact]
    public void Answer_after_a_write_and_its_flush_is_durable() => Assert.Equal([true], Judge(Write, Flush, Answer));

    [Fact]
    public void Each_answer_needs_a_write_and_a_flush_of_its_own() => Assert.Equal([true, false, true], Judge(Write, Flush, Answer, Answer, Write, Flush, Answer));

    [Fact]
    public void Answer_without_a_flush_is_not_durable() => Assert.Equal([false], Judge(Write, Answer));

    [Fact]
    public void Flush_after_the_answer_is_too_late() => Assert.Equal([false], Judge(Write, Answer, Flush));

    [Fact]
    public void Flush_before_the_last_write_does_not_count() => Assert.Equal([false], Judge(Write, Flush, Write, Answer));

    [Fact]
    public void Flush_of_another_file_does_not_count() => Assert.Equal([false], Judge(Write, "7 1.2 fsync(218</data/kv.db>) = 0", Answer));

    [Fact]
    public void Flush_that_failed_does_not_count() => Assert.Equal([false], Judge(Write, "7 1.2 fdatasync(219</data/kv.db-wal>) = -1 EIO (Input/output error)", Answer));

    [Fact]
    public void Refusal_is_no_acknowledgement() => Assert.Empty(Judge(Answer.Replace("201 Created", "503 Service Unavailable", StringComparison.Ordinal)));

    [Fact]
    public void Flush_that_ends_before_the_answer_is_seen_though_other_threads_interrupt_it() => Assert.Equal(
        [true],
        Judge(
            """7 1.1 pwrite64(219</data/kv.db-wal>, "\n\0", 4096, 8272 <unfinished ...>""",
            "9 1.1 write(1<pipe:[77]>, \"x\", 1) = 1",
            "7 1.1 <... pwrite64 resumed>) = 4096",
            "7 1.2 fdatasync(219</data/kv.db-wal> <unfinished ...>",
            "9 1.2 write(1<pipe:[77]>, \"x\", 1) = 1",
            "7 1.3 <... fdatasync resumed>) = 0",
            Answer));

    [Fact]
    public void Flush_that_ends_after_the_answer_began_is_too_late() => Assert.Equal(
        [false],
        Judge(Write, "7 1.2 fdatasync(219</data/kv.db-wal> <unfinished ...>", Answer, "7 1.4 <... fdatasync resumed>) = 0"));

    private static IReadOnlyList<bool> Judge(params string[] trace) => Acknowledgements.AreDurable(SystemCallTrace.Parse(trace));
}
