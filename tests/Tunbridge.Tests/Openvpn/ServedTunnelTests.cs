// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;
using Tunbridge.Tests.Serve;

namespace Tunbridge.Tests.Openvpn;

/// <summary>Tunnels of a tunbridge.yaml below the service.</summary>
public sealed class ServedTunnelTests
{
    [Fact]
    public async Task Serve_TwoTunnels_OneThatDiesDisturbsNothing()
    {
        using OpenvpnPlace keys = new();
        using ServedFile file = new(Text(keys));
        await file.HeardAsync("READY=1");
        using StreamReader monitor = file.Connect("monitor");
        JsonElement[] before = await UpAsync(file, "road", "lab");
        CommandResult status = file.Space.Tunbridge($"status -f {file.File.Path} --name {file.Name}");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        Assert.Contains("road  up serving since ", status.Output, StringComparison.Ordinal);
        int[] children = Children(file);
        Assert.Equal(2, children.Length);

        OpenvpnPlace.Signal(children[1], "KILL");
        JsonElement ended = await file.EventAsync(monitor, e => e.GetProperty("event").GetString() == "tunnel-ended");
        await OpenvpnPlace.UntilAsync(() => Children(file) is { Length: 2 } now && !now.Contains(children[1]), () => "never started again: " + file.Log);
        JsonElement[] after = await UpAsync(file, "road", "lab");

        Assert.Equal("lab", ended.GetProperty("tunnel").GetString());
        Assert.Contains(children[0], Children(file));
        Assert.Equal(before[0].GetProperty("process").GetProperty("since").GetString(), after[0].GetProperty("process").GetProperty("since").GetString());
        Assert.Equal((0, 1), (after[0].GetProperty("restarts").GetInt32(), after[1].GetProperty("restarts").GetInt32()));
        Assert.Contains("tunbridge_tunnel_restarts_total{tunnel=\"lab\"} 1", await file.AskAsync("metrics"), StringComparison.Ordinal);
        file.Tell("signal TERM");
        await file.HeardAsync("ended 0");
        Assert.Empty(Children(file));
        Assert.False(file.Space.HasLink("tun0"));
        // The last first.
        Assert.True(
            file.Log.LastIndexOf("lab: SIGTERM", StringComparison.Ordinal) < file.Log.LastIndexOf("road: SIGTERM", StringComparison.Ordinal), file.Log);
        Assert.Equal(3, file.Space.Tunbridge($"status -f {file.File.Path} --name {file.Name}").ExitCode);
    }

    [Fact]
    public async Task Reload_OneFileChanged_StartsThatTunnelAnewAndNoOther()
    {
        using OpenvpnPlace keys = new();
        using ServedFile file = new(Text(keys));
        await file.HeardAsync("READY=1");
        await UpAsync(file, "road", "lab");
        int[] children = Children(file);

        keys.Write("lab.conf", OpenvpnPlace.ServerText(1195, 10, "max-clients 7"));
        file.Tell("signal HUP");
        await OpenvpnPlace.UntilAsync(() => Children(file) is { Length: 2 } now && !now.Contains(children[1]), () => file.Log);
        await UpAsync(file, "road", "lab");
        Assert.Contains(children[0], Children(file));

        // No longer declared: ended; switched off: ended, and as declared.
        await File.WriteAllTextAsync(
            file.File.Path, $"tunnels:\n  road: {{openvpn: {keys.At("road.conf")}, enabled: false}}\n", TestContext.Current.CancellationToken);
        file.Tell("signal HUP");
        await OpenvpnPlace.UntilAsync(() => Children(file).Length == 0, () => file.Log);
        CommandResult status = file.Space.Tunbridge($"status -f {file.File.Path} --name {file.Name}");
        Assert.Equal((0, "road  disabled\n"), (status.ExitCode, status.Output));
    }

    [Fact]
    public async Task Serve_SecretReadableByOthers_IsRefusedWithLineAndMend()
    {
        using OpenvpnPlace keys = new();
        string text = Text(keys);
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(keys.At("road.key"), (UnixFileMode)0x1A4 /* octal 644 */);
        using ServedFile file = new(text);
        await file.HeardAsync("READY=1");
        await UpAsync(file, "lab");

        string told = $"{keys.At("road.conf")}:5:1: key: 'road.key' is group or others accessible (mode 644), refused; mend it with `chmod 600 {keys.At("road.key")}`";
        Assert.Contains(told, file.Log, StringComparison.Ordinal);
        CommandResult status = file.Space.Tunbridge($"status -f {file.File.Path} --name {file.Name}");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("road  refused (", status.Output, StringComparison.Ordinal);
        CommandResult check = file.Space.Tunbridge($"check -f {file.File.Path}");
        Assert.Equal(6, check.ExitCode);
        Assert.Equal(told + "\n", check.Error);
    }

    [Fact]
    public void Check_FileWithMistakes_TellsEachWithItsPlace()
    {
        using OpenvpnPlace keys = new();
        keys.Write("bad.conf", "client\ndev tun\nbogus 1\nsecret x\nremote a\nca nosuch.crt\nwritepid /nosuch/pid\n");
        using ConfigurationText file = new($"tunnels:\n  bad: {{openvpn: {keys.At("bad.conf")}}}\n  none: {{openvpn: nosuch.conf}}\n");

        CommandResult result = CommandResult.Of(Tool.Path, "check", "-f", file.Path);

        string[] lines = result.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(6, result.ExitCode);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"{keys.At("bad.conf")}:3:1: Unrecognized option", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{keys.At("bad.conf")}:4:1: secret: ", lines[1], StringComparison.Ordinal);
        Assert.Equal($"{keys.At("bad.conf")}:6:1: --ca fails with 'nosuch.crt': No such file or directory (errno=2)", lines[2]);
        Assert.StartsWith($"{file.Path}:3:19: ", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("nosuch.conf: cannot be read: there is no such file", lines[3], StringComparison.Ordinal);
    }

    private static string Text(OpenvpnPlace keys)
    {
        // A key of its own for each, so that one can be wrong.
        keys.Write("road.key", keys.Read("server.key"), isSecret: true);
        keys.Write("road.conf", OpenvpnPlace.ServerText().Replace("key server.key", "key road.key", StringComparison.Ordinal));
        keys.Write("lab.conf", OpenvpnPlace.ServerText(1195, 10));
        return $"tunnels:\n  road: {{openvpn: {keys.At("road.conf")}}}\n  lab: {{openvpn: {keys.At("lab.conf")}}}\n";
    }

    /// <summary>Waits until tunnels are up; gives all of them.</summary>
    private static async Task<JsonElement[]> UpAsync(ServedFile file, params string[] names)
    {
        JsonElement[] tunnels = [];
        for (int i = 0; i < 600; i++)
        {
            using JsonDocument document = JsonDocument.Parse(await file.AskAsync("tunnels"));
            tunnels = [.. document.RootElement.GetProperty("tunnels").EnumerateArray().Select(t => t.Clone())];
            if (names.All(n => tunnels.Any(t => t.GetProperty("name").GetString() == n && t.GetProperty("status").GetString() == "up")))
                return tunnels;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{string.Join(", ", names)} never came up: {string.Join('\n', tunnels)}; {file.Log}");
        return tunnels;
    }

    /// <summary>The processes of the tunnels, in the order of the file.</summary>
    private static int[] Children(ServedFile file)
    {
        CommandResult result = CommandResult.Of("ps", "-eo", "pid,ppid,args");
        (int Id, int Parent, string Command)[] all =
        [
            .. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(l => l.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(w => (int.Parse(w[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(w[1], System.Globalization.CultureInfo.InvariantCulture), w[2])),
        ];
        int service = all.FirstOrDefault(p => p.Command.Contains($" serve -f {file.File.Path} ", StringComparison.Ordinal) &&
            p.Command.StartsWith(Tool.Path, StringComparison.Ordinal)).Id;
        return [.. all.Where(p => p.Parent == service && service != 0 && p.Command.Contains(" .tunnel ", StringComparison.Ordinal))
            .OrderByDescending(p => p.Command, StringComparer.Ordinal).Select(p => p.Id)];
    }
}
