// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;
using Tunbridge.Netlink;
using Tunbridge.Packets;

namespace Tunbridge.Devices;

// Attached ── deleted ──▶ missing ── a card of the name appears ──▶ attached, or refused and tried again
internal sealed partial class JoinedCard
{
    // How often a card is tried again that is there but cannot be attached to: who holds it need not tell when it stops.
    private const int RetryMilliseconds = 200;

    private string? _lastReason; // what was last said of the card; null while it is attached
    private bool _isPresent; // a card of the name is there, though not attached to

    /// <summary>Follows the card until <see cref="Stop"/>, and then closes it; the body of a thread.</summary>
    internal void Watch()
    {
        try
        {
            while (!_isStopping)
                Follow();
        }
        finally
        {
            Close();
        }
    }

    private void Follow()
    {
        bool isRetry = _device is null && _isPresent;
        if (_monitor.TryRead(out NetlinkEvent? happened, _wake, isRetry ? RetryMilliseconds : -1))
        {
            Handle(happened);
            return;
        }

        // Before the question why: whoever sets it afterwards ends the next wait.
        _wake.Reset();
        if (_isSuspect)
            LookAfterError();
        else if (isRetry)
            TryAttach();
    }

    private void Handle(NetlinkEvent happened)
    {
        switch (happened)
        {
            case EventsLost:
                if (_device is not null)
                    LookAfterLoss();
                else
                    TryAttach();
                break;
            case LinkEvent { IsRemoved: true } removed when _device is not null && removed.Link.Index == _index:
                LookAfterLoss();
                break;
            case LinkEvent { IsRemoved: true } removed when _device is null && removed.Link.Name == _name:
                _isPresent = false;
                Say("it was deleted");
                break;
            case LinkEvent { IsRemoved: false } changed when _device is not null && changed.Link.Index == _index:
                _name = changed.Link.Name;
                // A bridge's word on its port says nothing of the MTU.
                if (changed.Link.Mtu > 0)
                    _mtu = changed.Link.Mtu;
                break;
            case LinkEvent { IsRemoved: false } changed when _device is null && changed.Link.Name == _name:
                TryAttach();
                break;
        }
    }

    private void LookAfterError()
    {
        _isSuspect = false;
        if (_device is not null)
            LookAfterLoss();
    }

    // The card may only have gone to another namespace, where its descriptor still works.
    private void LookAfterLoss()
    {
        Errno errno;
        lock (_gate)
        {
            // A card that is not persistent goes by our own closing of it.
            if (_isStopping)
                return;
            _ = TunControl.TryGetInterface(_queues[0].Descriptor, out errno);
        }

        if (errno == Errno.None)
        {
            Link? link = _netlink.Links.TryGet(_index);
            _mtu = link?.Tun is null ? NoLimit : link.Mtu;
            return;
        }

        lock (_gate)
        {
            _device!.Dispose();
            _device = null;
            _queues = [];
            _mtu = NoLimit;
        }

        Say("it was deleted");
        TryAttach();
    }

    private void TryAttach()
    {
        Link? link = _netlink.Links.TryGet(_name);
        _isPresent = link is not null;
        if (link is null)
            return;
        if (WhyNot(link) is string reason)
        {
            Say(reason);
            return;
        }

        VirtualDevice device;
        try
        {
            bool isMulti = link.Tun!.IsMultiQueue;
            device = VirtualDevice.Attach(
                _name, _options with { MultiQueue = isMulti, Queues = isMulti ? QueueCount : 1 });
        }
        catch (LinuxException e)
        {
            // Gone again, held, or not for this user: each may change.
            Say(e.Message);
            return;
        }

        lock (_gate)
        {
            if (_isStopping)
            {
                device.Dispose();
                return;
            }

            _device = device;
            _index = link.Index;
            _mtu = link.Mtu;
            _queues = [.. device.Queues];
            Monitor.PulseAll(_gate);
        }

        Say(null);
    }

    // Attaching would take packets from whoever has the card, or change how it reads them.
    private string? WhyNot(Link link)
    {
        if (link.Tun is not TunLinkInfo tun)
            return "there is an interface of that name which is no TUN or TAP";
        if (tun.IsTap != (Layer == DeviceLayer.Frame))
            return $"there is a {(tun.IsTap ? "TAP" : "TUN")} of that name, no {(tun.IsTap ? "TUN" : "TAP")}";
        if (!tun.IsPersistent)
            return "the card of that name is not persistent: it belongs to the process that made it";
        return tun.QueueCount + tun.DisabledQueueCount > 0 ? "another process has the card of that name open" : null;
    }

    private void Say(string? reason)
    {
        if (reason == _lastReason)
            return;
        _lastReason = reason;
        _stateChanged?.Invoke(new()
        {
            Name = _name,
            IsFirst = _isFirst,
            IsAttached = reason is null,
            Reason = reason,
        });
    }
}
