// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Tunnels;

/// <summary>TLS settings that cannot work: unreadable certificates, a key that does not fit, an unknown cipher.</summary>
public sealed class TlsSettingsException : Exception
{
    /// <summary>Settings that cannot work.</summary>
    /// <param name="setting">The property of <see cref="TlsSettings"/> that is to blame.</param>
    /// <param name="message">What is wrong and how to mend it, in words and without secrets.</param>
    public TlsSettingsException(string setting, string message) : base(message) => Setting = setting;

    /// <summary>The property of <see cref="TlsSettings"/> that is to blame, for the place in a file.</summary>
    public string Setting { get; }
}
