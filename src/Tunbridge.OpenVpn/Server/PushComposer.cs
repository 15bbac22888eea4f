// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Server;

/// <summary>Puts together what one client is pushed, in the order in which openvpn does; the session itself adds peer id, cipher and protocol flags.</summary>
public static class PushComposer
{
    /// <summary>The options for one client.</summary>
    /// <param name="plan">What all clients are told.</param>
    /// <param name="overrides">What is this client's own.</param>
    /// <param name="addresses">Its addresses.</param>
    /// <param name="hasToken">It gets a token in place of its password: the option's name, whose value the session puts in.</param>
    /// <returns>Options for <see cref="Control.Session.Accept"/>: none has a comma or control characters.</returns>
    public static IReadOnlyList<string> Compose(ServerPlan plan, ClientOverrides overrides, ClientAddresses addresses, bool hasToken = false)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(overrides);
        ArgumentNullException.ThrowIfNull(addresses);
        List<string> options = [];
        if (!overrides.ResetsPush)
            options.AddRange(plan.Push.Concat(plan.ImplicitPush).Where(o => !IsRemoved(o, overrides)));
        options.AddRange(overrides.Push);
        // What lies behind this client is not to be sent to it.
        if (overrides.Networks.Count > 0)
            options.RemoveAll(o => RouteOf(o) is { } network && overrides.Networks.Contains(network));
        if (addresses.AddressV6 is not null && !overrides.RemovedPush.Contains("ifconfig-ipv6"))
            options.Add($"ifconfig-ipv6 {addresses.AddressV6}/{addresses.PrefixLengthV6} {addresses.PeerV6 ?? addresses.AddressV6}");
        if (addresses.Address is not null && !overrides.RemovedPush.Contains("ifconfig"))
            options.Add($"ifconfig {addresses.Address} {addresses.MaskOrPeer}");
        if (hasToken)
            options.Add("auth-token");
        return options;
    }

    // By how it begins: what openvpn 2.6.14 does, though its manual speaks of any part.
    private static bool IsRemoved(string option, ClientOverrides overrides) =>
        overrides.RemovedPush.Any(r => option.StartsWith(r, StringComparison.Ordinal));

    private static IPNetwork? RouteOf(string option)
    {
        if (!LineWords.TrySplit(option, out List<string> words, out _))
            return null;
        return words switch
        {
            ["route", var network] when NetworkText.TryV4(network, out IPAddress address) => new IPNetwork(address, 32),
            ["route", var network, var mask, ..] when NetworkText.TryV4(network, out IPAddress address) && NetworkText.TryMask(mask, out int bits)
                => NetworkText.NetworkOf(address, bits),
            ["route-ipv6", var network, ..] when NetworkText.TryPrefixV6(network, needsBits: false, out IPAddress address, out int bits)
                => NetworkText.NetworkOf(address, bits),
            _ => null,
        };
    }
}
