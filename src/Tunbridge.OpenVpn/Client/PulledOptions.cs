// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.OpenVpn.Client;

/// <summary>What a client's own options and those that the server pushed amount to: addresses, routes, name resolution.</summary>
/// <remarks>
/// Only options of a fixed list do anything; nothing that is pushed can run a program or name a file. Wrong ones are passed over
/// with a line in <see cref="Problems"/>, in openvpn's words.
/// </remarks>
public sealed record PulledOptions
{
    /// <summary>The card's IPv4 address; null when there is none.</summary>
    public InterfaceAddress? Address { get; init; }

    /// <summary>The card's IPv6 address, with the tunnel's IPv6 gateway as its peer; null when there is none.</summary>
    public InterfaceAddress? AddressV6 { get; init; }

    /// <summary>How the addresses are laid out.</summary>
    public Topology Topology { get; init; }

    /// <summary>The tunnel's IPv4 gateway (<c>route-gateway</c>, else the other end of a point-to-point card); null for none.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The routes, in order.</summary>
    public IReadOnlyList<PulledRoute> Routes { get; init; } = [];

    /// <summary>The whole traffic goes into the tunnel; null when it does not.</summary>
    public PulledRedirect? Redirect { get; init; }

    /// <summary>IPv6 must not leave beside the tunnel (<c>block-ipv6</c>).</summary>
    public bool BlocksIPv6 { get; init; }

    /// <summary>Name resolution.</summary>
    public PulledDns Dns { get; init; } = new();

    /// <summary>Every dhcp-option, and what the dns option says in such words, for the variables foreign_option_1 and on.</summary>
    public IReadOnlyList<string> DhcpOptions { get; init; } = [];

    /// <summary>The card's MTU; null when nothing is said.</summary>
    public int? Mtu { get; init; }

    /// <summary>Notices of leaving; null when nothing is said.</summary>
    public int? ExitNotices { get; init; }

    /// <summary>TCP does not wait for more to send.</summary>
    public bool HasNoDelay { get; init; }

    /// <summary>Bytes the kernel keeps to be sent; null when nothing is said.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>Bytes the kernel keeps that came; null when nothing is said.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>Variables for scripts (<c>setenv-safe</c>), with their prefix OPENVPN_.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Options that were passed over, in openvpn's words; to be logged as errors that do not end anything.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Which classes of options the push has changed ("OPTIONS IMPORT: …").</summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>The connection is to be given up: what a <c>pull-filter reject</c> says; null otherwise.</summary>
    public string? Refusal { get; init; }

    /// <summary>A digest over what was pushed: with the same one, <c>persist-tun</c> keeps card and routes as they are.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Reads what was pushed, after the configuration's own options.</summary>
    /// <param name="configuration">The client's.</param>
    /// <param name="pushed">From <see cref="Control.SessionConnected.Options"/>. Any text; never throws for what is in it.</param>
    /// <returns>What it amounts to.</returns>
    public static PulledOptions Read(TunnelConfiguration configuration, IReadOnlyList<string> pushed)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(pushed);
        OptionReader reader = new(configuration);
        foreach (string option in configuration.Client.Options)
            reader.ReadOwn(option);
        reader.ReadPushed(pushed);
        return reader.Finish();
    }

    /// <summary>Reads the configuration's own options alone: for a server, and for two peers without a server.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>What they amount to.</returns>
    public static PulledOptions ReadOwn(TunnelConfiguration configuration) => Read(configuration, []);

    // What is wrong with an option of a configuration file; null for nothing.
    internal static string? ProblemWith(string option)
    {
        OptionReader reader = new(new TunnelConfiguration());
        reader.ReadOwn(option);
        return reader.FirstProblem;
    }
}
