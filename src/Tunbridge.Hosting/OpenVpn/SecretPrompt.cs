// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Asks a person.</summary>
/// <param name="question">The question.</param>
/// <param name="cancellationToken">Ends the waiting.</param>
/// <returns>The answer in UTF-8, without line end, which the caller disposes; null when nobody can be asked.</returns>
public delegate Task<SecretBytes?> SecretPrompt(SecretQuestion question, CancellationToken cancellationToken);
