// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Hosting.OpenVpn;

namespace Tunbridge.Hosting.Tests.OpenVpn;

public sealed class ScriptRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunbridge-scripts").FullName;
    private readonly ScriptRunner _runner;

    public ScriptRunnerTests() => _runner = new ScriptRunner(_folder);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _runner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Script_GetsItsWordsAndItsOwnEnvironmentOnly()
    {
        ScriptEnvironment environment = new();
        environment.Set("common_name", "a b;$(touch pwned)`id`\n");
        environment.Set("na=me", "x");
        environment.SetPeerInfo("UV_X", "a b;$(touch pwned)`id`");
        Environment.SetEnvironmentVariable("TUNBRIDGE_TEST_LEAK", "leaked");
        ScriptResult result = await Run("echo \"$1|$2\" > out; env >> out; cat >> out; exit 3\n", environment, ["one two", "$(id)"]);
        Assert.Equal(3, result.ExitCode);
        string[] lines = File.ReadAllLines(Path.Combine(_folder, "out"));
        Assert.Equal("one two|$(id)", lines[0]);
        Assert.Contains("common_name=a b;$(touch pwned)`id`", lines);
        Assert.Contains("na_me=x", lines);
        Assert.Contains("UV_X=a_b;__touch_pwned)_id_", lines);
        Assert.Contains("script_type=client-connect", lines);
        Assert.DoesNotContain(lines, l => l.Contains("leaked", StringComparison.Ordinal) || l.StartsWith("HOME=", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_folder, "pwned")));
    }

    [Fact]
    public async Task Script_ThatTakesTooLong_IsKilledWithItsChildren()
    {
        ScriptResult result = await Run("sleep 1000 & echo $! > child; wait\n", new ScriptEnvironment(), [], TimeSpan.FromSeconds(1));
        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("killed after 1 s", result.Describe(), StringComparison.Ordinal);
        string child = File.ReadAllText(Path.Combine(_folder, "child")).Trim();
        await Eventually.Holds(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal),
            "the child is gone");
    }

    [Fact]
    public async Task Script_ThatIsNotThere_IsAResultAndNoException()
    {
        ScriptResult result = await _runner.RunAsync(new() { Kind = "up", Program = Path.Combine(_folder, "missing") }, new(), [], TimeSpan.FromSeconds(5),
            Cancellation);
        Assert.False(result.IsSuccess);
        Assert.Contains("missing", result.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_BeyondWhatMayWait_AreRefusedAtOnce()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        ScriptCommand command = new() { Kind = "up", Program = "/bin/sleep", Arguments = ["1000"] };
        Task<ScriptResult>[] runs = [.. Enumerable.Range(0, ScriptRunner.Parallel + ScriptRunner.Waiting + 40)
            .Select(_ => _runner.RunAsync(command, new(), [], TimeSpan.FromMinutes(5), stop.Token))];
        Assert.Contains(runs, r => r.IsCompleted && r.Result.Describe().Contains("too many scripts", StringComparison.Ordinal));
        await stop.CancelAsync();
        ScriptResult[] results = await Task.WhenAll(runs);
        Assert.DoesNotContain(results, r => r.IsSuccess);
    }

    [Fact]
    public async Task Verdict_IsWhatTheScriptWritesLater()
    {
        using ScriptFile file = ScriptFile.Create(_folder, []);
        if (OperatingSystem.IsLinux())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Name));
        Task<bool> waiting = file.WaitForVerdictAsync(TimeSpan.FromMinutes(1), Cancellation);
        Assert.False(waiting.IsCompleted);
        await File.WriteAllTextAsync(file.Name, "1\n", Cancellation);
        Assert.True(await waiting);
        await File.WriteAllTextAsync(file.Name, "0", Cancellation);
        Assert.False(await file.WaitForVerdictAsync(TimeSpan.FromMinutes(1), Cancellation));
        await File.WriteAllTextAsync(file.Name, "", Cancellation);
        Assert.False(await file.WaitForVerdictAsync(TimeSpan.FromMilliseconds(300), Cancellation));
    }

    private async Task<ScriptResult> Run(string text, ScriptEnvironment environment, IReadOnlyList<string> arguments, TimeSpan? limit = null)
    {
        string path = Path.Combine(_folder, "script.sh");
        await File.WriteAllTextAsync(path, text, Cancellation);
        return await _runner.RunAsync(new() { Kind = "client-connect", Program = "/bin/sh", Arguments = [path] }, environment, arguments,
            limit ?? TimeSpan.FromSeconds(30), Cancellation);
    }
}
