// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Commands;

/// <summary>Several runs at once in one namespace: who changes waits for the other before looking, who only looks does not.</summary>
public sealed class AtOnceTests
{
    private const string Waiting = "tunbridge: note: another run is changing this namespace; waiting for it";

    [Fact]
    public async Task Add_TwoThatTakeTheNextNumber_GetOneEach()
    {
        using TestNamespace space = new();
        FileLock held = TakeLock(space);
        using Process first = await StartWaitingAsync(space, "add vm%d --kind tap --owner nobody");
        using Process second = await StartWaitingAsync(space, "add vm%d --kind tap --owner nobody");
        held.Dispose();

        Assert.Equal((0, ""), CodeAndError(await Tool.EndAsync(first)));
        Assert.Equal((0, ""), CodeAndError(await Tool.EndAsync(second)));
        Assert.True(space.HasLink("vm0"));
        Assert.True(space.HasLink("vm1"));
        Assert.False(space.HasLink("vm2"));
    }

    [Fact]
    public async Task Set_CardChangedWhileWaiting_IsPlannedFromTheCardAsItIs()
    {
        using TestNamespace space = new();
        space.Must("add tap0 --owner nobody --mtu 1400");
        FileLock held = TakeLock(space);
        using Process set = await StartWaitingAsync(space, "set tap0 --mtu 1400 --up");
        space.Ip("link set tap0 mtu 1300");
        held.Dispose();

        CommandResult result = await Tool.EndAsync(set);

        Assert.Equal((0, ""), CodeAndError(result));
        Assert.Contains("set the MTU of tap0 to 1400", result.Output, StringComparison.Ordinal);
        Assert.Equal(1400, space.Link("tap0").GetProperty("mtu").GetInt32());
    }

    [Fact]
    public async Task Delete_TwoOfOneCard_TheSecondFindsNone()
    {
        using TestNamespace space = new();
        space.Must("add tap0 --owner nobody");
        FileLock held = TakeLock(space);
        using Process first = await StartWaitingAsync(space, "delete tap0");
        using Process second = await StartWaitingAsync(space, "delete tap0");
        held.Dispose();

        CommandResult[] results = [await Tool.EndAsync(first), await Tool.EndAsync(second)];

        Assert.Equal([0, 1], results.Select(r => r.ExitCode).Order());
        Assert.Contains("there is no card tap0", Assert.Single(results, r => r.ExitCode == 1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSave_TwoToOneFile_BothAreInIt()
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {}\n");
        FileLock held = TakeLock(space);
        using Process first = await StartWaitingAsync(space, $"add tap1 --owner nobody --save {file.Path}");
        using Process second = await StartWaitingAsync(space, $"add tap2 --owner nobody --save {file.Path}");
        held.Dispose();

        Assert.Equal((0, ""), CodeAndError(await Tool.EndAsync(first)));
        Assert.Equal((0, ""), CodeAndError(await Tool.EndAsync(second)));
        Assert.Equal("nothing to do\n", space.Must($"plan -f {file.Path}"));
        Assert.True(space.HasLink("tap1"));
        Assert.True(space.HasLink("tap2"));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("show tap0")]
    [InlineData("plan")]
    [InlineData("status")]
    [InlineData("add tap1 --dry-run --owner nobody")]
    [InlineData("set tap0 --up --dry-run")]
    [InlineData("delete tap0 --dry-run")]
    public void WhoOnlyLooks_WhileAnotherRunHoldsTheLock_DoesNotWait(string line)
    {
        using TestNamespace space = new();
        using ConfigurationText file = new("devices: {tap0: {kind: tap}}");
        space.Must($"up -f {file.Path}");
        using FileLock held = TakeLock(space);

        Assert.Equal((0, ""), CodeAndError(space.Tunbridge(line is "plan" or "status" ? $"{line} -f {file.Path}" : line)));
    }

    // Two start with the file of the lock missing; neither may stumble over the other's making it.
    [Fact]
    public async Task Add_ManyInANewNamespace_AllWork()
    {
        using TestNamespace space = new();
        Process[] all = [.. Enumerable.Range(0, 6).Select(i => space.StartTunbridge($"add tap{i} --owner nobody"))];

        foreach (Process process in all)
        {
            CommandResult result = await Tool.EndAsync(process);
            Assert.True(result.ExitCode == 0, result.Error);
            process.Dispose();
        }

        Assert.All(Enumerable.Range(0, 6), i => Assert.True(space.HasLink($"tap{i}")));
    }

    private static FileLock TakeLock(TestNamespace space) =>
        FileLock.TryTake(space.Run(ChangeJournal.FindPath) + ".lock", wait: false)!;

    private static async Task<Process> StartWaitingAsync(TestNamespace space, string line)
    {
        Process process = space.StartTunbridge(line);
        Assert.Equal(Waiting, await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    private static (int Code, string Error) CodeAndError(CommandResult result) => (result.ExitCode, result.Error);
}
