// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Configuration;

namespace Tunbridge.Service;

/// <summary>The texts of the systemd units.</summary>
internal static class SystemdUnits
{
    /// <summary>NAME.service: all cards of the file, kept as declared.</summary>
    internal static string Service(ServiceRequest request, DesiredState desired)
    {
        return $"""
            # {InstalledFiles.Mark} service install`, do not edit: install again, or `systemctl edit {request.Name}`.
            [Unit]
            Description=Virtual network cards of {Words(request.FileText)}
            Wants=modprobe@tun.service network.target
            {Ordering(desired)}
            Before=network.target {request.Name}-online.target

            [Service]
            Type=notify
            ExecStart={Command(request, "serve")}
            ExecReload=/bin/kill -HUP $MAINPID
            Restart=on-failure
            RestartSec=2
            # A second start meets the same wrong usage, refusal of rights or file.
            RestartPreventExitStatus=2 4 6
            WatchdogSec=60
            # The queues of keep-carrier cards, so that a restart drops no carrier.
            FileDescriptorStoreMax={Math.Max(512, desired.Devices.Where(d => d.KeepCarrier).Sum(d => d.Queues ?? 1))}
            TimeoutStartSec=90
            Environment=DOTNET_EnableDiagnostics=0 DOTNET_gcConcurrent=0
            {new Sandbox(desired, request.Program)}
            [Install]
            WantedBy=multi-user.target

            """;
    }

    /// <summary>NAME@.service: one card of the file, such as NAME@tap0, made and left.</summary>
    internal static string Template(ServiceRequest request, DesiredState desired)
    {
        bool all = desired.Devices.Count > 0 && desired.Devices.All(d => d.OnStop == StopPolicy.Remove);
        string stop = all ? $"# on-stop: remove\nExecStop={Command(request, "down %i")}\n" : "";
        return $"""
            # {InstalledFiles.Mark} service install`, do not edit: install again, or `systemctl edit {request.Name}@`.
            [Unit]
            Description=Virtual network card %i of {Words(request.FileText)}
            Wants=modprobe@tun.service network.target
            {Ordering(desired)}
            Before=network.target

            {Body(request, "up %i", stop)}
            {new Sandbox(desired, request.Program)}
            [Install]
            WantedBy=multi-user.target

            """;
    }

    /// <summary>NAME-online.target: reached when the cards are as declared, for other units to wait for.</summary>
    internal static string OnlineTarget(ServiceRequest request) => $"""
        # {InstalledFiles.Mark} service install`.
        [Unit]
        Description=Virtual network cards of {Words(request.FileText)} are as declared
        Requires={request.Name}.service
        After={request.Name}.service

        """;

    private static string Ordering(DesiredState desired)
    {
        // What the host guard compares with must be there: the addresses of those who configure the host.
        const string Usual = "After=modprobe@tun.service network-pre.target systemd-networkd.service NetworkManager.service networking.service";
        string[] required = [.. OthersOf(desired, d => d.Requires)];
        string[] before = [.. OthersOf(desired, d => d.After.Concat(d.Requires))];
        if (before.Length == 0)
            return Usual;
        string units = string.Join(' ', before.Select(DeviceUnit));
        string lines = $"{Usual}\n# For after and requires: {string.Join(", ", before)}.\nAfter={units}";
        // Not Requires=: without udev no device unit ever comes, and the program itself tells what is missing.
        return required.Length == 0 ? lines : $"{lines}\nWants={string.Join(' ', required.Select(DeviceUnit))}";
    }

    /// <summary>Interfaces of the host that cards wait for and the file does not make.</summary>
    private static IEnumerable<string> OthersOf(DesiredState desired, Func<DeviceDefinition, IEnumerable<string>> names)
    {
        HashSet<string> own = [.. desired.Devices.Select(d => d.Name), .. desired.Devices.Where(d => d.CreateBridge).Select(d => d.Bridge!)];
        return desired.Devices.Where(d => d is { NetworkNamespace: null, IsAbsent: false }).SelectMany(names).Distinct().Where(n => !own.Contains(n));
    }

    // systemd-escape(1) of /sys/subsystem/net/devices/NAME: everything but letters, digits, ':', '_' and '.' by its bytes.
    private static string DeviceUnit(string name) => "sys-subsystem-net-devices-" + string.Concat(
        Encoding.UTF8.GetBytes(name).Select(b => char.IsAsciiLetterOrDigit((char)b) || (char)b is ':' or '_' or '.'
            ? ((char)b).ToString()
            : string.Create(CultureInfo.InvariantCulture, $"\\x{b:x2}"))) + ".device";

    private static string Body(ServiceRequest request, string verb, string stop) => $"""
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart={Command(request, verb)}
        ExecReload={Command(request, verb)}
        {stop}TimeoutStartSec=90
        Environment=DOTNET_EnableDiagnostics=0
        """;

    private static string Command(ServiceRequest request, string verb)
    {
        string command = $"{Quote(request.Program)} {verb}";
        if (request.File is string file)
            command += $" -f {Quote(file)}";
        return request.Instance is string name ? $"{command} --name {name}" : command;
    }

    // systemd.unit(5): % introduces a specifier in a description, too.
    private static string Words(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    // systemd.service(5): % introduces a specifier, $ a variable.
    private static string Quote(string path)
    {
        string escaped = path.Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal)
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+') ? escaped : $"\"{escaped}\"";
    }
}
