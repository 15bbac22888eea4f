// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Tunbridge.OpenVpn.Settings;

/// <content>Scripts, sockets, card, and the program itself.</content>
public sealed partial class TunnelConfigurationBuilder
{
    private bool ApplyScript(Directive d)
    {
        ScriptDirectives scripts = _made.Scripts;
        ScriptDirectives? changed = d.Name switch
        {
            "script-security" => scripts with { Security = Number(d, 0, 0, 3, 1) },
            "up" => scripts with { Up = Command(d) },
            "down" => scripts with { Down = Command(d) },
            "route-up" => scripts with { RouteUp = Command(d) },
            "route-pre-down" => scripts with { RoutePreDown = Command(d) },
            "ipchange" => scripts with { AddressChange = Command(d) },
            "tls-verify" => scripts with { TlsVerify = Command(d) },
            "tls-crypt-v2-verify" => scripts with { WrapKeyVerify = Command(d) },
            "auth-user-pass-verify" => WithPasswordVerify(d, scripts),
            "client-connect" => scripts with { ClientConnect = Command(d) },
            "client-disconnect" => scripts with { ClientDisconnect = Command(d) },
            "learn-address" => scripts with { LearnAddress = Command(d) },
            "up-delay" => scripts with { DelaysUp = true },
            "up-restart" => scripts with { RunsAtRestart = true },
            "down-pre" => scripts with { DownRunsFirst = true },
            "tmp-dir" => scripts with { TemporaryDirectory = d.Parameters[0] },
            "setenv" or "setenv-safe" => scripts,
            _ => null,
        };
        if (d.Name is "setenv" or "setenv-safe")
            ApplyVariable(d);
        _made = _made with { Scripts = changed ?? scripts };
        return changed is not null;
    }

    private void ApplyVariable(Directive d)
    {
        string name = d.Parameters[0];
        string value = d.At(1) ?? "";
        if (name.Length == 0 || name.AsSpan().ContainsAny("=\0") || value.Any(char.IsControl))
        {
            Error(d, $"{d.Name}: a variable has a name without '=' and a value without control characters");
            return;
        }
        _isForwardCompatible |= d.Name == "setenv" && name == "FORWARD_COMPATIBLE" && value == "1";
        _environment.Add(new(d.Name == "setenv-safe" ? $"OPENVPN_{name}" : name, value));
        if (d.Name == "setenv" && (name.StartsWith("UV_", StringComparison.Ordinal) || name.StartsWith("IV_", StringComparison.Ordinal)))
            _peerInfo.Add(new(name, value));
    }

    // "program argument …" in one word is cut again; without quotes around, the words are there already.
    private IReadOnlyList<string>? Command(Directive d)
    {
        if (d.Parameters.Count > 1)
            return d.Parameters;
        if (LineWords.TrySplit(d.Parameters[0], out List<string> words, out string problem) && words.Count > 0)
            return words;
        Error(d, $"{d.Name}: {(problem.Length > 0 ? problem : "a program is wanted")}");
        return null;
    }

    private ScriptDirectives WithPasswordVerify(Directive d, ScriptDirectives scripts)
    {
        if (d.Parameters.Count is not 2 || d.Parameters[1] is not ("via-env" or "via-file"))
            Error(d, "auth-user-pass-verify wants a program with its arguments in quotes, then via-env or via-file");
        return scripts with
        {
            PasswordVerify = Command(d with { Parameters = [d.Parameters[0]] }),
            PasswordByEnvironment = d.At(1) == "via-env",
        };
    }

    private bool ApplyProcess(Directive d)
    {
        ProcessDirectives process = _made.Process;
        ProcessDirectives? changed = d.Name switch
        {
            "verb" => process with { Verbosity = Math.Min(11, Number(d, 0, 0, int.MaxValue, 1)) },
            "mute" => process with { Mute = Number(d, 0, 0, int.MaxValue, 0) },
            "log" or "log-append" => process with { LogFile = d.Parameters[0], AppendsLog = d.Name == "log-append" },
            "syslog" => process with { UsesSyslog = true, DaemonName = d.At(0) ?? process.DaemonName },
            "suppress-timestamps" => process with { HasNoTimestamps = true },
            "machine-readable-output" => process with { IsMachineReadable = true },
            "daemon" => process with { DaemonName = d.At(0) ?? "" },
            "writepid" => process with { ProcessIdFile = d.Parameters[0] },
            "user" => process with { User = d.Parameters[0] },
            "group" => process with { Group = d.Parameters[0] },
            "cd" => process with { Directory = d.Parameters[0] },
            "nice" => process with { Nice = Nice(d) },
            "status" => process with { StatusFile = d.Parameters[0], StatusInterval = TimeSpan.FromSeconds(Number(d, 1, 0, int.MaxValue, 60)) },
            "status-version" => process with { StatusVersion = Number(d, 0, 1, 3, 1) },
            _ => null,
        };
        _made = _made with { Process = changed ?? process };
        return changed is not null;
    }

    private bool ApplySocket(Directive d)
    {
        SocketDirectives sockets = _made.Sockets;
        SocketDirectives? changed = d.Name switch
        {
            "sndbuf" => sockets with { SendBuffer = Buffer(d) },
            "rcvbuf" => sockets with { ReceiveBuffer = Buffer(d) },
            "mark" => sockets with { Mark = Mark(d) },
            "bind-dev" => sockets with { BoundDevice = d.Parameters[0] },
            "multihome" => sockets with { IsMultihome = true },
            "tcp-nodelay" => sockets with { HasNoDelay = true },
            "socket-flags" => sockets with { HasNoDelay = sockets.HasNoDelay || d.Parameters.Contains("TCP_NODELAY") },
            "txqueuelen" => sockets with { CardQueueLength = Number(d, 0, 0, int.MaxValue, 0) },
            "lladdr" => sockets with { CardAddress = HardwareAddress(d) },
            _ => null,
        };
        if (d.Name == "mssfix")
            _made = _made with { MssFix = Mss(d) };
        else
            _made = _made with { Sockets = changed ?? sockets };
        return changed is not null || d.Name == "mssfix";
    }

    // mssfix [N [mtu|fixed]]
    private MssLimit Mss(Directive d)
    {
        if (d.Parameters.Count == 0)
            return MssLimit.Default;
        if (d.At(1) is { } word && word is not ("mtu" or "fixed"))
            Error(d, $"mssfix: '{word}' is neither mtu nor fixed");
        return new()
        {
            Value = Number(d, 0, 0, 65535, MssLimit.Default.Value),
            Kind = d.At(1) switch
            {
                "mtu" => MssLimitKind.WithHeaders,
                "fixed" => MssLimitKind.Segment,
                _ => MssLimitKind.Payload,
            },
        };
    }

    private string? HardwareAddress(Directive d)
    {
        string text = d.At(0) ?? "";
        if (text.Split(':') is { Length: 6 } bytes && bytes.All(b => b.Length is 1 or 2 && byte.TryParse(b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)))
            return string.Join(':', bytes.Select(b => b.PadLeft(2, '0')));
        Error(d, $"lladdr parm '{text}' must be a MAC address");
        return null;
    }

    // 0 leaves the system's own.
    private int? Buffer(Directive d) => Number(d, 0, 0, int.MaxValue, 0) is > 0 and int size ? size : null;

    private uint? Mark(Directive d)
    {
        string text = d.Parameters[0];
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (uint.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture,
            out uint mark))
            return mark;
        Error(d, $"mark: '{text}' is not a number from 0 to {uint.MaxValue}");
        return null;
    }

    private int Nice(Directive d)
    {
        if (int.TryParse(d.Parameters[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int nice))
            return Math.Clamp(nice, -20, 19);
        Error(d, $"nice: '{d.Parameters[0]}' is not a number from -20 to 19");
        return 0;
    }
}
