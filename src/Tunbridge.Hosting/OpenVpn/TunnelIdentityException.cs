// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Keys, certificates or credentials of a tunnel that cannot be used; says which directive, where it stands, and how to mend it.</summary>
public sealed class TunnelIdentityException : Exception
{
    /// <summary>Something that cannot be used.</summary>
    /// <param name="message">Place, directive, what is wrong and the mend; no secrets.</param>
    /// <param name="inner">What caused it; null for nothing.</param>
    public TunnelIdentityException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
