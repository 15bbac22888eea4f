// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Tunbridge.Devices.Tests.Kernel;

/// <summary>What users without privilege may do, as real other users in a child process.</summary>
public sealed class PermissionTests : DeviceTest
{
    private const string Nobody = "65534:65534";

    /// <summary>One card and one user: owner and group of the card, who attaches, and whether they may.</summary>
    public static TheoryData<string?, string?, string, bool> Attaches => new()
    {
        { "1234", null, "1234:1234", true },
        { "1234", null, "1235:1234", false },
        { null, "4444", "1234:4444", true },
        { null, "4444", "1234:1234+4444", true },
        { null, "4444", "1234:1234", false },
        { "1234", "4444", "1234:4444", true },
        { "1234", "4444", "1234:1234", false },
        { "1234", "4444", "1235:4444", false },
        { null, null, Nobody, true }, // neither owner nor group: anybody who can open the node
    };

    [Theory]
    [MemberData(nameof(Attaches))]
    public void Attach_OwnerAndGroup_DecideWhoMay(string? owner, string? group, string user, bool may)
    {
        using Probe probe = new(Ns);
        using (TapDevice tap = Tap("t0", new() { Persistent = true, Owner = owner, Group = group }))
            Assert.True(tap.WasCreated);
        string line = Assert.Single(probe.Run(user, "attach", "tap", "t0"));
        if (may)
        {
            Assert.Equal("ok", line);
            return;
        }

        Assert.StartsWith("EPERM\tTUNSETIFF t0: ", line, StringComparison.Ordinal);
        Assert.Contains(owner is null ? "any user" : $"(uid {owner})", line, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", line, StringComparison.Ordinal);
        Assert.Contains($"tunbridge set t0 --owner {user.Split(':')[0]}", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutPrivilege_NamesTheCapabilityAndHowToPrepareTheCard()
    {
        using Probe probe = new(Ns);
        string line = Assert.Single(probe.Run("1234:1234", "create", "tap", "t0"));
        Assert.StartsWith("EPERM\tTUNSETIFF t0: Operation not permitted (EPERM). ", line, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", line, StringComparison.Ordinal);
        Assert.Contains("tunbridge add t0 --kind tap --owner 1234", line, StringComparison.Ordinal);
        line = Assert.Single(probe.Run("1234:1234", "create", "tap", "t0", "napi-frags"));
        Assert.StartsWith("EPERM\t", line, StringComparison.Ordinal);
        Assert.Contains("NapiFragments", line, StringComparison.Ordinal);
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Attached_WithoutPrivilege_MaySetEverythingButAskForTheNamespace()
    {
        using Probe probe = new(Ns);
        using (TapDevice tap = Tap("t0", new() { Persistent = true, Owner = "1234" }))
            Assert.True(tap.WasCreated);
        string[] lines = probe.Run("1234:1234", "attach", "tap", "t0", "offload", "carrier-off", "namespace", "persist-off");
        Assert.Equal(5, lines.Length);
        Assert.Equal(["ok", "ok", "ok", "ok"], lines.Where((_, i) => i != 3));
        Assert.StartsWith("EPERM\tTUNGETDEVNETNS t0: ", lines[3], StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", lines[3], StringComparison.Ordinal);
        Assert.False(Exists("t0"));
    }

    [Fact]
    public void Check_OfPermission_ComesAfterTypeAndQueueMode()
    {
        using Probe probe = new(Ns);
        using (TapDevice tap = Tap("t0", new() { Persistent = true, Owner = "1234" }))
            Assert.True(tap.WasCreated);
        Assert.StartsWith("EINVAL\t", Assert.Single(probe.Run(Nobody, "attach", "tun", "t0")), StringComparison.Ordinal);
        Assert.StartsWith("EINVAL\t", Assert.Single(probe.Run(Nobody, "attach", "tap", "t0", "multi-queue")), StringComparison.Ordinal);
        using TapDevice holder = Tap();
        Assert.StartsWith("EPERM\t", Assert.Single(probe.Run(Nobody, "attach", "tap", "t0")), StringComparison.Ordinal);
    }

    [Fact]
    public void Holder_InAnotherProcess_IsNamedWithItsCommand()
    {
        using Probe probe = new(Ns);
        using (TapDevice tap = Tap("held0", new() { Persistent = true, MultiQueue = true, Owner = "1234" }))
            Assert.True(tap.WasCreated);
        using Process process = probe.Hold("1234:1234", "attach", "tap", "held0", "multi-queue");
        CardHolder holder = Assert.Single(CardHolders.Find("held0", Ns.Namespace));
        Assert.Equal((process.Id, 1, 0, true), (holder.ProcessId, holder.QueueCount, holder.DetachedQueueCount, holder.IsCertain));
        Assert.Contains("Tunbridge.Probe.dll attach tap held0", holder.Command, StringComparison.Ordinal);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Empty(CardHolders.Find("held0", Ns.Namespace));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Holder_Killed_NextRunGetsTheCard(bool persistent)
    {
        // A name of its own: who looks for the holders of a t0 elsewhere copies, for a moment, every descriptor of a t0.
        using Probe probe = new(Ns);
        string[] words = persistent ? ["create", "tap", "killed0", "persistent"] : ["create", "tap", "killed0"];
        using (Process process = probe.Hold("0:0", words))
        {
            Expect.Refused(Linux.Errno.EBUSY, "TUNSETIFF", "killed0", $"held by process {process.Id} (", () => Tap("killed0"));
            process.Kill();
            process.WaitForExit();
        }

        Assert.Equal(persistent, Exists("killed0"));
        using TapDevice tap = Tap("killed0");
        Assert.Equal(!persistent, tap.WasCreated);
    }
}
