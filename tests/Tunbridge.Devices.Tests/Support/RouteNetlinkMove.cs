// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Netlink;
using Tunbridge.Testing;

namespace Tunbridge.Devices.Tests;

/// <summary>Moves cards from one namespace to another.</summary>
internal sealed class RouteNetlinkMove(TestNamespace from, TestNamespace to) : IDisposable
{
    private readonly RouteNetlink _netlink = RouteNetlink.Open(from.Namespace);

    internal void Move(string card) => _netlink.Links.Change(card, new LinkChange { Namespace = to.Namespace });

    public void Dispose() => _netlink.Dispose();
}
