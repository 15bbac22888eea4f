// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Programs;

namespace Tunbridge.DropIns.Openvpn;

/// <summary><c>user</c> and <c>group</c>: the process becomes its own program anew as them, and keeps what it needs to go on.</summary>
/// <remarks>
/// openvpn gives up its user after the start; here that would reach some threads only. So the exec comes before the tunnel,
/// and what the new user cannot read is handed over.
/// </remarks>
internal sealed class Privileges
{
    // The runtime, its pool and the data path; more is possible, less may fail in the middle.
    private const ulong FewestThreads = 64;
    private const int FirstFreePort = 1024;

    private readonly uint? _user;
    private readonly uint? _group;
    private readonly Capability[] _kept;

    private Privileges(uint? user, uint? group, Capability[] kept) => (_user, _group, _kept) = (user, group, kept);

    /// <summary>What is told about it.</summary>
    internal required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What is to be given up; null for nothing.</summary>
    /// <exception cref="OptionsErrorException">There is no such user or group.</exception>
    internal static Privileges? Find(OpenvpnRequest request, TunnelConfiguration configuration)
    {
        string? userName = request.Last("user")?.At(0);
        string? groupName = request.Last("group")?.At(0);
        if (userName is null && groupName is null)
            return null;
        uint? user = userName is null ? null : UserDatabase.FindUserId(userName) ??
            throw new OptionsErrorException($"failed to find UID for user {userName}");
        uint? group = groupName is null ? null : UserDatabase.FindGroupId(groupName) ??
            throw new OptionsErrorException($"failed to find GID for group {groupName}");
        if (user == ProcessIdentity.EffectiveUserId || user is null or 0)
            user = null;
        if (user is null && (group is null || group == ProcessIdentity.EffectiveGroupId))
            return null;
        bool needsLowPort = configuration.IsServer && configuration.LocalPort is int port and < FirstFreePort && port > 0;
        Capability[] kept = needsLowPort ? [Capability.NetAdmin, Capability.NetBindService] : [Capability.NetAdmin];
        string names = string.Join(", ", kept.Select(Name));
        if (user is not null && ProgramStart.ProcessLimit is ulong limit and < FewestThreads)
        {
            return new(null, null, kept)
            {
                Notes =
                [
                    $"NOTE: {userName} may have {limit} threads (LimitNPROC), which is too few for this program: " +
                    $"it stays {UserDatabase.FindUserName(ProcessIdentity.EffectiveUserId)}, with no capability but {names}. " +
                    "Set LimitNPROC=infinity in the unit to have it run as that user.",
                ],
            };
        }

        List<string> notes = [];
        if (user is not null)
            notes.Add($"UID set to {userName}");
        if (group is not null)
            notes.Add($"GID set to {groupName}");
        notes.Add($"Capabilities retained: {names}");
        notes.Add("NOTE: what only root may do is over from here on: scripts have these capabilities and no others, and name " +
            "servers are set only where the system lets this user");
        return new(user, group, kept) { Notes = notes };
    }

    /// <summary>Whether a file can still be read afterwards.</summary>
    internal bool CanRead(string path)
    {
        if (_user is null && _group is null)
            return true;
        if (!OperatingSystem.IsLinux() || !File.Exists(path))
            return false;
        // By the rights that everybody has: who hands over too much does no harm.
        bool isOpen = (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0;
        for (string? at = Path.GetDirectoryName(Path.GetFullPath(path)); isOpen && at is not null; at = Path.GetDirectoryName(at))
            isOpen = (File.GetUnixFileMode(at) & UnixFileMode.OtherExecute) != 0;
        return isOpen;
    }

    /// <summary>Becomes this program anew; does not return when it succeeds.</summary>
    /// <param name="name">The program's name as called.</param>
    /// <param name="request">Its arguments.</param>
    /// <param name="handover">What it is left.</param>
    /// <returns>Why it did not succeed.</returns>
    internal string Become(string name, OpenvpnRequest request, Handover handover)
    {
        Dictionary<string, string> variables = [];
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        // No socket for debuggers that the new user could open.
        variables["DOTNET_EnableDiagnostics"] = "0";
        using FileDescriptor left = handover.Leave(variables);
        if (_user is null && _group is null)
            ProgramStart.Confine(_kept);
        else
            ProgramStart.Become(_user, _group, _kept);
        Errno errno = ProcessIdentity.Replace(ProgramRun.OwnPath, [name, .. request.Arguments], variables);
        return $"ERROR: {ProgramRun.OwnPath}: {LinuxException.Describe(errno)}: the user that it is to become must be able to start it";
    }

    private static string Name(Capability capability) => capability switch
    {
        Capability.NetAdmin => "CAP_NET_ADMIN",
        Capability.NetBindService => "CAP_NET_BIND_SERVICE",
        _ => capability.ToString(),
    };
}
