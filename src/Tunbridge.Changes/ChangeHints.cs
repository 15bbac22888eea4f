// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>Remedies that only this layer can name.</summary>
internal static class ChangeHints
{
    /// <summary>The same error with a remedy, where the layer below had none.</summary>
    internal static LinuxException Explain(Change change, LinuxException error)
    {
        if (error.Hint is not null)
            return error;
        string? hint = (change, error.Errno) switch
        {
            (_, Errno.EPERM) => "Changing cards needs CAP_NET_ADMIN: run as root.",
            (AddAddressChange { Address.IsIPv6: true }, Errno.EACCES or Errno.EINVAL) =>
                $"IPv6 is switched off for the card: `sysctl net.ipv6.conf.{change.Card}.disable_ipv6=0`, " +
                "or leave the IPv6 address out; it also needs an MTU of at least 1280.",
            (AddAddressChange, Errno.EEXIST) => "Somebody else gave it to the card meanwhile.",
            (PortChange, Errno.EINVAL or Errno.EOPNOTSUPP) => "Only a bridge can take ports, and only cards that carry Ethernet frames.",
            (MacChange, Errno.EBUSY) => "The card must be down for that.",
            _ => null,
        };
        return hint is null ? error : error.WithHint(hint);
    }
}
