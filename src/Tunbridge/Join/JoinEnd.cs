// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Cards;
using Tunbridge.Commands;
using Tunbridge.Devices;
using Tunbridge.Linux;
using Tunbridge.Netlink;

namespace Tunbridge.Join;

/// <summary>One of the two cards of a join, as the command line names it: <c>[NETNS/]NAME</c>.</summary>
internal sealed class JoinEnd : IDisposable
{
    private readonly NetworkNamespace? _place;

    private JoinEnd(string text, NetworkNamespace? place, Card card)
    {
        Text = text;
        _place = place;
        Card = card;
    }

    /// <summary>The card as the user wrote it.</summary>
    internal string Text { get; }

    /// <summary>What the kernel tells of it.</summary>
    internal Card Card { get; }

    /// <summary>Finds the card.</summary>
    /// <exception cref="RefusedException">There is no such card.</exception>
    /// <exception cref="LinuxException">There is no such namespace, or it may not be entered.</exception>
    internal static JoinEnd Find(string text)
    {
        (string? place, string name) = Split(text);
        NetworkNamespace? home = place is null ? null : NetworkNamespace.Open(place);
        try
        {
            using RouteNetlink netlink = home is null ? RouteNetlink.Open() : RouteNetlink.Open(home);
            return new JoinEnd(text, home, Card.Read(netlink, name));
        }
        catch (RefusedException e) when (home is not null)
        {
            home.Dispose();
            throw new RefusedException($"in {place}: {e.Message}");
        }
        catch
        {
            home?.Dispose();
            throw;
        }
    }

    /// <summary>The namespace, if any, and the name: what is behind the last slash, as no name has one.</summary>
    internal static (string? Place, string Name) Split(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash < 0 ? (null, text) : (text[..slash], text[(slash + 1)..]);
    }

    /// <summary>Whether both are one card, however they were written.</summary>
    internal bool IsSameAs(JoinEnd other)
    {
        if (Card.Link.Index != other.Card.Link.Index)
            return false;
        using NetworkNamespace current = NetworkNamespace.OpenCurrent();
        return (_place ?? current).Inode == (other._place ?? current).Inode;
    }

    /// <summary>Refuses a card that somebody else reads, whose packets would go now to one and now to the other.</summary>
    internal void ThrowIfShared()
    {
        if (Card.Tun.QueueCount + Card.Tun.DisabledQueueCount is not > 0)
            return; // of a single-queue card the kernel tells when it is opened
        throw Held(": stop it first, two readers would share its packets");
    }

    /// <summary>Opens the card.</summary>
    /// <exception cref="RefusedException">It is held by a process.</exception>
    /// <exception cref="LinuxException">It is not for this user.</exception>
    internal VirtualDevice Open(int queues, bool offload)
    {
        try
        {
            return VirtualDevice.Attach(Card.Name, new()
            {
                Namespace = _place,
                Queues = queues,
                Offload = offload ? Offload.All : Offload.None,
            });
        }
        catch (LinuxException e) when (e.Errno == Errno.EBUSY)
        {
            // More queues, which the kernel's refusal suggests, would be no help: a cable shares its card with nobody.
            throw Held(": stop it first");
        }
    }

    public void Dispose() => _place?.Dispose();

    private RefusedException Held(string advice)
    {
        IReadOnlyList<CardHolder> holders = CardHolders.Find(Card.Name, _place);
        string who = holders.Count == 0 ? "a process of another user or container" : string.Join(", ", holders);
        return new RefusedException($"{Text} is held by {who}{advice}");
    }
}
