// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>From a command line to a running tunnel: mistakes, log, background, files, user; in openvpn's order.</summary>
internal sealed class TunnelStart
{
    private const uint ForAllToRead = 0x1A4; // octal 644
    private const uint OwnerOnlyLog = 0x180; // octal 600

    // What the whole of a configuration lacks.
    private const string NoFile = "configuration";

    private readonly string _calledAs;
    private readonly OpenvpnRequest _request;
    private readonly OpenvpnLog _log;
    private readonly Handover? _handover;

    internal TunnelStart(string calledAs, OpenvpnRequest request, OpenvpnLog log, Handover? handover)
    {
        _calledAs = calledAs;
        _request = request;
        _log = log;
        _handover = handover;
    }

    /// <returns>The exit code.</returns>
    internal int Run()
    {
        TunnelConfiguration configuration = Check(_request, out IReadOnlyList<string> notes);
        // Who gave up root may no longer see them, and has them already.
        if (_handover is null)
            DemandFiles(configuration);
        Background background = Background.Find(_request);
        if (_handover is null && background.IsParent)
        {
            RedirectLog(_request, _log);
            return Background.Leave(_calledAs, _request);
        }

        if (_handover is null && !background.IsChild)
            RedirectLog(_request, _log);
        if (SystemName() is { } name)
            _log.TurnToSystem(name);
        // Until it has begun, whoever started it hears what ends it.
        if (background.IsChild)
            _log.Written = (verbosity, line) => { if (verbosity == 0) Console.Error.WriteLine(line); };
        if (_handover is null)
        {
            foreach (string note in notes)
                _log.Write(1, note);
        }

        using SecretPrompts prompts = new(_handover?.Answers ?? []);
        Privileges? privileges = _handover is null ? Privileges.Find(_request, configuration) : null;
        if (_handover is null)
            Prepare(configuration, prompts, background, privileges);
        foreach (string line in privileges is null ? VersionLines.Lines : [])
            _log.Write(1, line);
        using StatusFile? status = StatusFile.Open(_request, _handover?.Status ?? -1);
        if (_handover is null)
            WriteProcessId();
        if (privileges is not null)
        {
            End(background);
            return GiveUp(privileges, configuration, prompts, status);
        }

        foreach (string note in _handover?.Notes ?? [])
            _log.Write(1, note);
        if (SecretPages.Note is { } unlocked)
            _log.Write(4, unlocked);
        using TunnelRun run = new(_request, _log, prompts, status, _handover);
        End(background);
        return run.Run(MaterialFiles.Apply(configuration, _handover?.Files ?? []));
    }

    /// <summary>Reads what the directives mean.</summary>
    /// <exception cref="OptionsErrorException">They have mistakes.</exception>
    internal static TunnelConfiguration Check(OpenvpnRequest request, out IReadOnlyList<string> notes)
    {
        TunnelConfiguration configuration = request.Build(out IReadOnlyList<DirectiveProblem> problems);
        List<string> mistakes = [.. problems.Where(p => p.IsError && p.File != NoFile).Select(request.Describe)];
        // What is missing counts only when all that is there was understood.
        if (mistakes.Count == 0 && !request.Has("dev"))
            mistakes.Add("You must define TUN/TAP device (--dev)");
        if (mistakes.Count == 0)
            mistakes.AddRange(problems.Where(p => p.IsError).Select(p => p.Text));
        if (mistakes.Count > 0)
            throw new OptionsErrorException(string.Join('\n', mistakes));
        if (configuration.Device == "null")
            throw new OptionsErrorException("dev null: a tunnel without a card is not offered: use dev tun (its traffic may be left alone)");
        if (!request.Has("dev-type") && !configuration.Device.StartsWith("tun", StringComparison.Ordinal) &&
            !configuration.Device.StartsWith("tap", StringComparison.Ordinal))
            throw new OptionsErrorException($"I don't recognize device {configuration.Device} as a tun or tap device: add --dev-type tun or tap");
        // Where it leads is where the request is.
        configuration = configuration with { Process = configuration.Process with { Directory = null } };
        notes = [.. problems.Where(p => !p.IsError).Select(p => p.File == NoFile ? p.Text : p.ToString())];
        return configuration;
    }

    private void DemandFiles(TunnelConfiguration configuration)
    {
        List<string> missing = [.. NamedFiles.FindMissing(_request, configuration.IsServer).Select(m => m.Text)];
        if (missing.Count > 0)
            throw new OptionsErrorException($"{string.Join('\n', missing)}\nPlease correct these errors.");
    }

    /// <summary>Puts the file of <c>log</c> or <c>log-append</c> in the place of standard output and error.</summary>
    internal static void RedirectLog(OpenvpnRequest request, OpenvpnLog log)
    {
        if (request.Directives.LastOrDefault(d => d.Name is "log" or "log-append") is not { } directive || directive.At(0) is not { } path)
            return;
        try
        {
            // Emptied once; then all that is written goes to its end, also what scripts say.
            if (directive.Name == "log")
                FileDescriptor.Create(path, appends: false, OwnerOnlyLog).Dispose();
            using FileDescriptor file = FileDescriptor.Create(path, appends: true, OwnerOnlyLog);
            ProgramStart.Redirect(file, 1, 2);
        }
        catch (LinuxException e)
        {
            // As openvpn: a tunnel is worth more than its log.
            log.Write(0, $"Warning: Error redirecting stdout/stderr to --{directive.Name} file: {path}: {LinuxException.Describe(e.Errno)} (errno={(int)e.Errno})");
        }
    }

    // Keys are read and people are asked while there is a terminal, as openvpn does.
    private void Prepare(TunnelConfiguration configuration, SecretPrompts prompts, Background background, Privileges? privileges)
    {
        if (background.IsChild || privileges is not null)
        {
            prompts.Keeps = true;
            TunnelIdentityOptions options = new() { Directory = _request.WorkingDirectory, Prompt = prompts.AskAsync };
            using TunnelIdentity identity = TunnelIdentity.LoadAsync(configuration, options).GetAwaiter().GetResult();
            if (configuration.Credentials is { File: null, Inline: null })
            {
                foreach (SecretQuestion question in (SecretQuestion[])
                    [new() { Text = "Enter Auth Username", Echoes = true }, new() { Text = "Enter Auth Password" }])
                    prompts.AskAsync(question, CancellationToken.None).GetAwaiter().GetResult()?.Dispose();
            }
        }

        prompts.Keeps = false;
        background.Enter();
        if (_request.Last("nice") is not null)
            ProgramStart.SetNiceness(_request.Number("nice", 0));
    }

    private void End(Background background)
    {
        _log.Written = null;
        background.Done(HasLogFile);
    }

    private bool HasLogFile => _request.Has("log") || _request.Has("log-append");

    private string? SystemName() => _request.Last("syslog") is { } system ? system.At(0) ?? "openvpn"
        : _request.Last("daemon") is { } daemon && !HasLogFile ? daemon.At(0) ?? "openvpn"
        : null;

    private void WriteProcessId()
    {
        if (_request.Last("writepid")?.At(0) is not { } path)
            return;
        using FileDescriptor file = FileDescriptor.Create(path, appends: false, ForAllToRead);
        _ = file.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), out _);
    }

    private int GiveUp(Privileges privileges, TunnelConfiguration configuration, SecretPrompts prompts, StatusFile? status)
    {
        status?.PassOn();
        Handover handover = new()
        {
            Directory = _request.StartDirectory,
            Status = status?.Number ?? -1,
            Answers = prompts.Answers,
            Notes = privileges.Notes,
            Files = MaterialFiles.Collect(_request, configuration, privileges),
        };
        return _log.Fatal(privileges.Become(_calledAs, _request, handover));
    }
}
