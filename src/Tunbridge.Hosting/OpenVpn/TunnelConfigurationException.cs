// SPDX-License-Identifier: Apache-2.0

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A configuration that cannot be carried out; says which directive, where it stands, and how to mend it.</summary>
public sealed class TunnelConfigurationException : Exception
{
    /// <summary>A configuration that cannot be carried out.</summary>
    /// <param name="message">Place, directive, what is wrong and the mend.</param>
    /// <param name="inner">What caused it; null for nothing.</param>
    public TunnelConfigurationException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
