// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Control;

/// <summary>How far a key state has come; the table of transitions is in docs/openvpn.md.</summary>
internal enum KeyPhase
{
    /// <summary>Our reset is sent, the peer's has not come.</summary>
    Reset,

    /// <summary>TLS is under way.</summary>
    Handshake,

    /// <summary>TLS is established; the peer's key block has not come.</summary>
    KeyExchange,

    /// <summary>A server judges the client.</summary>
    Verify,

    /// <summary>A client waits for the server's options.</summary>
    Options,

    /// <summary>There are data keys.</summary>
    Active,

    /// <summary>It will never be active.</summary>
    Failed,
}

/// <summary>One TLS connection of a session with the data keys that come from it.</summary>
internal sealed class KeyState(byte keyId, ITlsEngine tls, Reliability reliability, DateTimeOffset started) : IDisposable
{
    internal byte KeyId { get; } = keyId;

    internal ITlsEngine Tls { get; } = tls;

    internal Reliability Reliability { get; } = reliability;

    /// <summary>When it began: the hand window counts from here.</summary>
    internal DateTimeOffset Started { get; } = started;

    internal KeyPhase Phase { get; set; }

    /// <summary>Since when there are data keys.</summary>
    internal DateTimeOffset ActiveSince { get; set; }

    /// <summary>Set on the lame duck: when it is to be forgotten.</summary>
    internal DateTimeOffset? Dies { get; set; }

    /// <summary>Set on the lame duck once its successor sends: when all of it goes that only served to send.</summary>
    internal DateTimeOffset? Quiets { get; set; }

    /// <summary>Texts can be read and written; false when <see cref="FreeTls"/> was called.</summary>
    internal bool HasTls { get; private set; } = true;

    /// <summary>A client's pre-master secret, then its two randoms; a server's two randoms.</summary>
    internal SecretBytes? OwnSecrets { get; set; }

    /// <summary>The peer's, likewise.</summary>
    internal SecretBytes? PeerSecrets { get; set; }

    /// <summary>The peer's key block as far as it has come, until it is whole.</summary>
    internal SecretBuffer BlockSoFar { get; } = new();

    internal ControlMessageBuffer Texts { get; } = new();

    internal DataSealer? Sealer { get; set; }

    /// <summary>The session's own sealer for pings, so that it shares none with other threads.</summary>
    internal DataSealer? PingSealer { get; set; }

    internal DataOpener? Opener { get; set; }

    internal bool IsActive => Phase == KeyPhase.Active;

    internal void WipeSecrets()
    {
        OwnSecrets?.Dispose();
        PeerSecrets?.Dispose();
        OwnSecrets = PeerSecrets = null;
        BlockSoFar.Dispose();
    }

    /// <summary>Frees TLS: most of the memory, which a server would hold for an hour for each of its clients.</summary>
    internal void FreeTls()
    {
        if (!HasTls)
            return;
        HasTls = false;
        Tls.Dispose();
    }

    /// <summary>Frees all that only serves to send; opener and acknowledgements are left.</summary>
    internal void Quiet()
    {
        Quiets = null;
        FreeTls();
        Sealer?.Dispose();
        PingSealer?.Dispose();
    }

    public void Dispose()
    {
        WipeSecrets();
        Texts.Dispose();
        Quiet();
        Opener?.Dispose();
    }
}
