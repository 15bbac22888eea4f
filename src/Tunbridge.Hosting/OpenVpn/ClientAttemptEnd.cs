// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Where a client goes next.</summary>
internal enum ClientAdvance
{
    /// <summary>To the same address again.</summary>
    Stay,

    /// <summary>To the next address of the same remote, or of the next one after its last.</summary>
    Address,

    /// <summary>To the next remote.</summary>
    Remote,
}

/// <summary>How one try to be connected has ended.</summary>
internal sealed record ClientAttemptEnd
{
    /// <summary>Why, in openvpn's word for its signal: ping-restart, tls-error ….</summary>
    internal required string Signal { get; init; }

    /// <summary>The client ends; null: it goes on.</summary>
    internal OpenVpnClientEnd? Final { get; init; }

    internal ClientAdvance Advance { get; init; } = ClientAdvance.Address;

    /// <summary>How long to wait, when the server has said so.</summary>
    internal TimeSpan? Pause { get; init; }

    /// <summary>The data channel has worked.</summary>
    internal bool WasConnected { get; init; }

    /// <summary>The card is of no use any more, whatever persist-tun says.</summary>
    internal bool LosesCard { get; init; }

    /// <summary>The credentials are asked for again.</summary>
    internal bool ForgetsCredentials { get; init; }

    /// <summary>The token is of no use any more.</summary>
    internal bool ForgetsToken { get; init; }
}
