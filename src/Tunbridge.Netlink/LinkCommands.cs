// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;
using Tunbridge.Netlink.Wire;

namespace Tunbridge.Netlink;

/// <summary>Changes of cards: at once, or recorded in a batch.</summary>
/// <remarks>A refusal is a <see cref="LinuxException"/>, at once or among the batch's failures.</remarks>
public class LinkCommands
{
    /// <summary>The longest name of a card, in bytes.</summary>
    public const int MaximumNameLength = 15;

    private readonly IRequestSink _sink;

    internal LinkCommands(IRequestSink sink) => _sink = sink;

    /// <summary>Changes a card.</summary>
    /// <param name="index">The card.</param>
    /// <param name="change">What to change.</param>
    public void Change(int index, LinkChange change)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        ArgumentNullException.ThrowIfNull(change);
        // RTM_SETLINK does everything but the settings of a kind, which RTM_NEWLINK alone looks at.
        bool kind = change.Bridge is not null || change.BridgePort is not null;
        _sink.Submit(
            kind ? MessageType.RTM_NEWLINK : MessageType.RTM_SETLINK, MessageFlags.None,
            RequestTarget.Card(index), (index, change),
            static (b, s) => LinkEncoding.Change(b, s.index, s.change));
    }

    /// <summary>Changes a card that is found by its name; <see cref="LinkChange.Name"/> must be null.</summary>
    /// <param name="name">The card, by name or alternative name.</param>
    /// <param name="change">What to change.</param>
    public void Change(string name, LinkChange change)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(change);
        if (change.Name is not null)
            throw new ArgumentException("a card is renamed by its index", nameof(change));
        bool kind = change.Bridge is not null || change.BridgePort is not null;
        _sink.Submit(
            kind ? MessageType.RTM_NEWLINK : MessageType.RTM_SETLINK, MessageFlags.None,
            RequestTarget.Named(name), (name, change),
            static (b, s) =>
            {
                LinkEncoding.Change(b, 0, s.change);
                LinkEncoding.Name(b, s.name);
            });
    }

    /// <summary>Deletes a card.</summary>
    /// <param name="index">The card.</param>
    public void Delete(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        _sink.Submit(
            MessageType.RTM_DELLINK, MessageFlags.None, RequestTarget.Card(index), index,
            static (b, i) => LinkEncoding.Header(b, i));
    }

    /// <summary>Deletes a card.</summary>
    /// <param name="name">The card, by name or alternative name.</param>
    public void Delete(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _sink.Submit(MessageType.RTM_DELLINK, MessageFlags.None, RequestTarget.Named(name), name, static (b, n) =>
        {
            LinkEncoding.Header(b, 0);
            LinkEncoding.Name(b, n);
        });
    }

    /// <summary>Deletes every card of a group in one step, which takes about as long as deleting one.</summary>
    /// <remarks>All or none: when one card of the group cannot be deleted, none is.</remarks>
    /// <param name="group">The group; not 0, which every card belongs to at first.</param>
    public void DeleteGroup(uint group)
    {
        ArgumentOutOfRangeException.ThrowIfZero(group);
        RequestTarget target = RequestTarget.Named($"group {group}");
        _sink.Submit(MessageType.RTM_DELLINK, MessageFlags.None, target, group, static (b, g) =>
        {
            LinkEncoding.Header(b, 0);
            b.UInt32(LinkAttribute.IFLA_GROUP, g);
        });
    }

    /// <summary>Makes a bridge.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Settings of the bridge, or null for the kernel's.</param>
    /// <param name="link">Settings of the card, or null for the kernel's; its name is not looked at.</param>
    public void CreateBridge(string name, BridgeChange? settings = null, LinkChange? link = null)
    {
        ThrowIfBadName(name);
        LinkChange change = (link ?? new()) with { Name = name, Bridge = null, BridgePort = null };
        Create(name, (change, settings), static (b, s) =>
        {
            Start(b, s.change);
            LinkEncoding.Kind(b, "bridge", s.settings, static (b2, bridge) => LinkEncoding.Bridge(b2, bridge));
        });
    }

    /// <summary>Makes a card that swallows what it is given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="link">Settings of the card, or null for the kernel's; its name is not looked at.</param>
    public void CreateDummy(string name, LinkChange? link = null)
    {
        ThrowIfBadName(name);
        Create(name, (link ?? new()) with { Name = name }, static (b, change) =>
        {
            Start(b, change);
            LinkEncoding.Kind<object>(b, "dummy", null, static (_, _) => { });
        });
    }

    /// <summary>Makes a pair of cards, each of which receives what the other transmits.</summary>
    /// <param name="name">The name of the first.</param>
    /// <param name="peerName">The name of the second.</param>
    /// <param name="link">Settings of the first, or null; its name is not looked at.</param>
    /// <param name="peer">Settings of the second, among them its namespace, or null; its name is not looked at.</param>
    public void CreateVeth(string name, string peerName, LinkChange? link = null, LinkChange? peer = null)
    {
        ThrowIfBadName(name);
        ThrowIfBadName(peerName);
        LinkChange first = (link ?? new()) with { Name = name, Bridge = null, BridgePort = null };
        LinkChange second = (peer ?? new()) with { Name = peerName, Bridge = null, BridgePort = null };
        Create(name, (first, second), static (b, s) =>
        {
            Start(b, s.first);
            LinkEncoding.Kind(b, "veth", s.second, static (b2, change) =>
            {
                int nested = b2.BeginNested(VethInfo.VETH_INFO_PEER);
                Start(b2, change);
                b2.EndNested(nested);
            });
        });
    }

    /// <summary>Asks the kernel for a card of any kind, without settings of that kind.</summary>
    /// <remarks>TUN and TAP are refused by the kernel: they are made by opening /dev/net/tun.</remarks>
    /// <param name="kind">The kind, such as <c>ifb</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="link">Settings of the card, or null for the kernel's; its name is not looked at.</param>
    public void Create(string kind, string name, LinkChange? link = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ThrowIfBadName(name);
        Create(name, (kind, change: (link ?? new()) with { Name = name }), static (b, s) =>
        {
            Start(b, s.change);
            LinkEncoding.Kind<object>(b, s.kind, null, static (_, _) => { });
        });
    }

    /// <summary>Gives a card a further name.</summary>
    /// <param name="index">The card.</param>
    /// <param name="name">The name, at most 127 bytes.</param>
    public void AddAlternativeName(int index, string name) => Property(MessageType.RTM_NEWLINKPROP, index, name);

    /// <summary>Takes a further name from a card.</summary>
    /// <param name="index">The card.</param>
    /// <param name="name">The name.</param>
    public void DeleteAlternativeName(int index, string name) => Property(MessageType.RTM_DELLINKPROP, index, name);

    private void Property(MessageType type, int index, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        ArgumentException.ThrowIfNullOrEmpty(name);
        MessageFlags flags = type == MessageType.RTM_NEWLINKPROP
            ? MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL | MessageFlags.NLM_F_APPEND
            : MessageFlags.None;
        _sink.Submit(type, flags, RequestTarget.On(name, index), (index, name), static (b, s) =>
        {
            LinkEncoding.Header(b, s.index);
            int list = b.BeginNested(LinkAttribute.IFLA_PROP_LIST);
            b.Text(LinkAttribute.IFLA_ALT_IFNAME, s.name);
            b.EndNested(list);
        });
    }

    private void Create<T>(string name, T state, Action<MessageBuilder, T> encode) => _sink.Submit(
        MessageType.RTM_NEWLINK, MessageFlags.NLM_F_CREATE | MessageFlags.NLM_F_EXCL, RequestTarget.Named(name), state,
        encode);

    private static void Start(MessageBuilder builder, LinkChange change)
    {
        (LinkFlags flags, LinkFlags mask) = LinkEncoding.Flags(change);
        LinkEncoding.Header(builder, 0, flags, mask);
        LinkEncoding.Attributes(builder, change);
    }

    private static void ThrowIfBadName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > MaximumNameLength)
            throw new ArgumentException($"'{name}' is no card's name: at most {MaximumNameLength} bytes", nameof(name));
    }
}
