// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Changes;
using Tunbridge.Configuration.Yaml;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Configuration.Reading;

/// <summary>Reads <c>devices.NAME</c> over the defaults of its file.</summary>
internal sealed partial class DeviceReader
{
    private static readonly string[] s_kinds = ["tun", "tap"];
    private static readonly string[] s_states = ["present", "absent"];
    private static readonly string[] s_offloads = ["auto", "off"];

    private readonly SchemaReader _schema;

    // A file of many cards asks for the same few names again and again; each question opens the system's files.
    private readonly Dictionary<(string Noun, string Text), uint?> _principals = [];

    // The card that is being read.
    private readonly Dictionary<string, SourcePosition> _positions = [];
    private KeyGroup _keys = null!;
    private string _name = "";
    private CardKind? _kind;

    internal DeviceReader(SchemaReader schema) => _schema = schema;

    /// <summary>One card; null when its mistakes leave nothing to return.</summary>
    /// <param name="name">Its name, expanded, and where it is written.</param>
    /// <param name="writtenName">The name as it is written.</param>
    /// <param name="node">Its keys.</param>
    /// <param name="scopes">Whose defaults and policies count, the nearest first.</param>
    internal DeviceDefinition? Read(YamlScalar name, string writtenName, YamlNode node, IReadOnlyList<FileScope> scopes)
    {
        string path = $"devices.{writtenName}";
        _schema.BeginInstance();
        if (InterfaceName.FindMistake(name.Text) is string mistake)
            _schema.Report(name.Position, path, mistake);
        if (_schema.KnownKeys(node, path, KeyNames.Device, KeyNames.FutureDevice) is not { } keys)
            return null;
        foreach (FileScope scope in scopes)
        {
            if (scope.Defaults is not null)
                keys.AddMissing(scope.Defaults);
        }

        foreach (FileScope scope in scopes)
            keys.AddMissing(scope.Policies);
        (_keys, _name) = (keys, name.Text);
        _positions.Clear();
        foreach ((string key, KeyGroup.Entry entry) in keys.Entries)
            _positions[key] = entry.Key.Position;
        DeviceDefinition device = ReadKeys(name, path) with
        {
            Template = writtenName == name.Text ? null : writtenName,
            KeyPositions = new Dictionary<string, SourcePosition>(_positions),
        };
        CheckMeaning(device);
        return device;
    }

    private DeviceDefinition ReadKeys(YamlScalar name, string path)
    {
        bool isAbsent = Word("state", s_states) == "absent";
        _kind = ReadKind(name, path, isAbsent);
        (MacPolicy policy, HardwareAddress? mac) = ReadMac();
        (string? bridge, bool create, LinkChange? settings, BridgePortChange? port) = ReadBridge();
        Flag("persist", true, mustBe: "a card of a file outlives its programs");
        return new()
        {
            Name = name.Text,
            Kind = _kind ?? CardKind.Tap,
            Description = ReadDescription(),
            IsAbsent = isAbsent,
            Owner = ReadPrincipal(_keys["owner"], PathOf("owner"), "user", UserDatabase.FindUserId),
            Group = ReadPrincipal(_keys["group"], PathOf("group"), "group", UserDatabase.FindGroupId),
            MultiQueue = Flag("multi-queue", false),
            Queues = (int?)_schema.Number(_keys["queues"], PathOf("queues"), 1, MaximumQueues),
            PacketInformation = _schema.Boolean(_keys["packet-info"], PathOf("packet-info")),
            VirtioHeader = _schema.Boolean(_keys["vnet-header"], PathOf("vnet-header")),
            KeepCarrier = Flag("keep-carrier", false),
            Addresses = ReadAddresses(),
            Dhcp = ReadDhcp(),
            Routes = ReadRoutes(),
            Rules = ReadRules(),
            Dns = ReadDns(),
            Promiscuous = Flag("promiscuous", false),
            AllMulticast = Flag("all-multicast", false),
            Multicast = Flag("multicast", true),
            Arp = Flag("arp", true),
            Mtu = ReadMtu(),
            TransmitQueueLength = (int?)_schema.Number(_keys["txqueuelen"], PathOf("txqueuelen"), 0, int.MaxValue),
            MacPolicy = policy,
            Mac = mac,
            Bridge = bridge,
            CreateBridge = create,
            BridgeSettings = settings,
            BridgePort = port,
            NetworkNamespace = ReadNamespace(),
            Sysctl = ReadSysctl(),
            Hooks = ReadHooks(),
            Up = Flag("up", true),
            Offload = Word("offload", s_offloads) == "off" ? OffloadChoice.Off : OffloadChoice.Auto,
            AlternativeNames = ReadNames("alt-names", FindAlternativeNameMistake),
            After = ReadNames("after", t => InterfaceName.FindMistake(t)),
            Requires = ReadNames("requires", t => InterfaceName.FindMistake(t)),
            OnConflict = Word("on-conflict", FileScope.ConflictWords) switch
            {
                "adopt" => ConflictPolicy.Adopt,
                "recreate" => ConflictPolicy.Recreate,
                _ => ConflictPolicy.Fail,
            },
            OnDrift = Word("on-drift", FileScope.DriftWords) == "repair" ? DriftPolicy.Repair : DriftPolicy.Report,
            OnStop = Word("on-stop", FileScope.StopWords) == "remove" ? StopPolicy.Remove : StopPolicy.Leave,
            Position = name.Position,
        };
    }

    private string PathOf(string key) => _keys.PathOf(key);

    private string? Word(string key, IReadOnlyCollection<string> allowed) =>
        _keys[key] is YamlNode node ? _schema.Word(node, PathOf(key), allowed) : null;

    /// <summary>True or false; with <paramref name="mustBe"/> only the usual one, for the reason given.</summary>
    private bool Flag(string key, bool usual, string? mustBe = null)
    {
        bool value = _schema.Boolean(_keys[key], PathOf(key)) ?? usual;
        if (mustBe is not null && value != usual)
            _schema.Report(_keys[key]!.Position, PathOf(key), $"{key} is '{(value ? "true" : "false")}', allowed is '{(usual ? "true" : "false")}': {mustBe}");
        return value;
    }

    /// <summary>Keys of a group below a key of the card; their places are noted as <c>key.sub</c>.</summary>
    private KeyGroup? Group(YamlNode node, string path, string key, string[] allowed, string[]? future = null)
    {
        KeyGroup? group = _schema.KnownKeys(node, path, allowed, future);
        foreach ((string name, KeyGroup.Entry entry) in group?.Entries ?? [])
            _positions.TryAdd($"{key}.{name}", entry.Key.Position);
        return group;
    }

    private CardKind? ReadKind(YamlScalar name, string path, bool isAbsent)
    {
        if (_keys["kind"] is not null)
        {
            return Word("kind", s_kinds) switch
            {
                "tun" => CardKind.Tun,
                "tap" => CardKind.Tap,
                _ => null,
            };
        }

        if (!isAbsent)
            _schema.Report(name.Position, path, $"{path} has no kind, allowed are tun and tap");
        return null;
    }
}
