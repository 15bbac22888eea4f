// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>A server's identity whose revocation list is looked at again when its file has changed; sessions keep this one context.</summary>
/// <remarks>The owner task's.</remarks>
internal sealed class RenewableTlsContext : ITlsContext
{
    private readonly TunnelIdentity _identity;
    private readonly ITlsProvider _provider;
    private readonly Action<string> _complain;
    private ITlsContext _current;

    internal RenewableTlsContext(TunnelIdentity identity, ITlsProvider provider, Action<string> complain)
    {
        (_identity, _provider, _complain) = (identity, provider, complain);
        _current = identity.CreateContext(provider);
    }

    public IReadOnlyList<string> Remarks => _current.Remarks;

    public PeerCertificate? OwnCertificate => _current.OwnCertificate;

    public ITlsEngine CreateEngine()
    {
        Renew();
        return _current.CreateEngine();
    }

    public void Dispose() => _current.Dispose();

    // Who is revoked now is refused now. A list that cannot be read leaves the old one in force: it is replaced in two steps by many tools.
    private void Renew()
    {
        try
        {
            if (!_identity.TryRenewRevocations())
                return;
            ITlsContext renewed = _identity.CreateContext(_provider);
            _current.Dispose();
            _current = renewed;
        }
        catch (TunnelIdentityException e)
        {
            _complain($"CRL: cannot read CRL: {e.Message}; the one from before stays in force");
        }
    }
}
