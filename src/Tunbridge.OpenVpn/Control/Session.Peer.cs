// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;

namespace Tunbridge.OpenVpn.Control;

/// <content>Two peers without a server: each tells what it can, and both come to the same result.</content>
public sealed partial class Session
{
    private const string PeerIdLabel = "EXPORTER-OpenVPN-p2p-peerid";
    private const uint PeerIdWithoutExport = 0x76706e;
    private const uint NoPeerId = 0xffffff;

    private const ProtocolFeatures PeerFeatures = ProtocolFeatures.DataV2 | ProtocolFeatures.PeerToPeerNegotiation | ProtocolFeatures.Dns |
        ProtocolFeatures.ControlExit;

    private const ProtocolFeatures ExportFeatures = ProtocolFeatures.KeyExport | ProtocolFeatures.DynamicTlsCrypt |
        ProtocolFeatures.EpochData;

    /// <summary>How large segments of TCP over IPv4 in the tunnel may be; those over IPv6 have 20 bytes less.</summary>
    /// <param name="limit">What the configuration says.</param>
    /// <param name="isOuterV6">The datagrams go over IPv6.</param>
    /// <returns>Bytes; null when they are left alone, or nothing is agreed yet.</returns>
    public int? SegmentLimit(MssLimit limit, bool isOuterV6)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return _format is null ? null : Control.SegmentLimit.Of(limit, _format, _settings.IsTcp, _settings.IsTap, isOuterV6);
    }

    private void ActivateAsPeer(DateTimeOffset now, KeyState state, PeerInfo info)
    {
        if (state.KeyId == 0 && !AgreeAsPeer(now, state, info))
            return;
        Activate(now, state);
        if (state.KeyId > 0 || !state.IsActive)
            return;
        StartTimers(now);
        _events.Enqueue(new SessionConnected { Options = [], Cipher = _format!.Cipher.Name, PeerId = _format.PeerId });
    }

    private bool AgreeAsPeer(DateTimeOffset now, KeyState state, PeerInfo info)
    {
        ProtocolFeatures both = info.Features & (_settings.AllowKeyExport ? PeerFeatures | ExportFeatures : PeerFeatures);
        bool negotiates = both.HasFlag(ProtocolFeatures.PeerToPeerNegotiation);
        if (!negotiates)
            both = ProtocolFeatures.None;
        string? cipher = negotiates && info.Ciphers is { } theirs
            ? _isServer ? FirstOf(_settings.DataCiphers, theirs) : FirstOf(theirs, _settings.DataCiphers)
            : FirstOf([ConsistencyText.CipherOf(_peerOptions) ?? ""], _settings.DataCiphers) ?? DataCipher.Find(_settings.FallbackCipher ?? "")?.Name;
        if (cipher is null)
        {
            FailKeyState(state, SessionCloseReason.OptionsRefused, "no cipher in common with the peer: set the same data-ciphers, or data-ciphers-fallback, on both");
            return false;
        }
        _usesKeyExport = both.HasFlag(ProtocolFeatures.KeyExport);
        _usesControlExit = both.HasFlag(ProtocolFeatures.ControlExit);
        uint? peerId = null;
        if (both.HasFlag(ProtocolFeatures.DataV2))
        {
            Span<byte> id = stackalloc byte[3];
            peerId = _usesKeyExport && state.Tls.TryExport(PeerIdLabel, id) ? (uint)((id[0] << 16) | (id[1] << 8) | id[2]) : PeerIdWithoutExport;
            peerId = peerId == NoPeerId ? null : peerId;
        }
        _format = _settings.Format(cipher, peerId, _settings.CompressionFraming);
        _format = _format with { HasEpochs = _usesKeyExport && _format.CanHaveEpochs && both.HasFlag(ProtocolFeatures.EpochData) };
        _usesDynamicTlsCrypt = _usesKeyExport && both.HasFlag(ProtocolFeatures.DynamicTlsCrypt) && TryUseDynamicTlsCrypt(now, state);
        Note($"P2P mode NCP negotiation result: TLS_export={(_usesKeyExport ? 1 : 0)}, DATA_v2={(peerId is null ? 0 : 1)}, peer-id {peerId ?? NoPeerId}, " +
            $"cipher={cipher}");
        return true;
    }

    private static string? FirstOf(IEnumerable<string> wanted, IReadOnlyList<string> also) =>
        wanted.Select(c => DataCipher.Find(c)?.Name).FirstOrDefault(c => c is not null && also.Contains(c, StringComparer.OrdinalIgnoreCase));
}
