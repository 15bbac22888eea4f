// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.Tunnels;

/// <summary>Networks of IPv4 and IPv6 and what they lead to: the longest prefix that fits an address wins.</summary>
/// <typeparam name="T">What a network leads to.</typeparam>
public sealed class RoutingTable<T> where T : class
{
    /// <summary>Leads a network to a value; replaces what it led to.</summary>
    /// <param name="network">The network.</param>
    /// <param name="value">What it leads to.</param>
    public void Add(IPNetwork network, T value) => throw new NotImplementedException();

    /// <summary>Takes a network out, if it leads to this value.</summary>
    /// <param name="network">The network.</param>
    /// <param name="value">What it leads to.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(IPNetwork network, T value) => throw new NotImplementedException();

    /// <summary>Takes out all networks that lead to a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>How many there were.</returns>
    public int RemoveAll(T value) => 0;
}
