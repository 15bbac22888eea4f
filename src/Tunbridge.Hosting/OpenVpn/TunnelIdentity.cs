// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Hosting.OpenVpn;

/// <summary>Who a tunnel is and whom it trusts: the files and texts that its configuration names, read once and wiped at the end.</summary>
/// <remarks>
/// Bytes of keys are in pinned memory until <see cref="Dispose"/>; what a file has between tags also is in the memory of its
/// <see cref="DirectiveReader"/>, with that one's life. Immutable but for
/// <see cref="TryRenewRevocations"/>; one owner at a time. docs/openvpn-client.md, docs/crypto.md.
/// </remarks>
public sealed partial class TunnelIdentity : IDisposable
{
    private readonly TunnelConfiguration _configuration;
    private readonly List<SecretBytes> _owned = [];
    private readonly Dictionary<KeyMaterial, SecretBytes> _wrapKeys = [];
    private SecretBytes? _revocations;
    private (DateTime Written, long Length) _revocationsVersion;

    private TunnelIdentity(TunnelConfiguration configuration, SecretFiles files)
    {
        _configuration = configuration;
        Files = files;
        try
        {
            Tls = ReadTls();
            ReadWrapKeys();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Certificates, key and demands on the peer; the memory is this identity's.</summary>
    public TlsSettings Tls { get; private set; }

    /// <summary>The session's settings with the keys of its wraps filled in; credentials are not.</summary>
    public SessionSettings Session => _configuration.Session with
    {
        WrapKey = KeyOf(_configuration.WrapKey),
        SecondWrapKey = KeyOf(_configuration.SecondWrapKey),
    };

    /// <summary>What should be mended and yet does not hinder: "WARNING: file 'client.key' is group or others accessible".</summary>
    public IReadOnlyList<string> Warnings => Files.Warnings;

    /// <summary>Where the configuration's relative paths begin.</summary>
    public string Directory => Files.Directory;

    internal SecretFiles Files { get; }

    /// <summary>Reads what a configuration names; asks for a passphrase where one is needed.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the waiting for an answer.</param>
    /// <returns>The identity; the caller disposes it.</returns>
    /// <exception cref="TunnelIdentityException">Something is missing or cannot be read.</exception>
    public static async Task<TunnelIdentity> LoadAsync(TunnelConfiguration configuration, TunnelIdentityOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        options ??= new();
        TunnelIdentity identity = new(configuration, new SecretFiles(configuration, options));
        try
        {
            await identity.UnlockAsync(options, cancellationToken).ConfigureAwait(false);
            return identity;
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    /// <summary>A client's settings for one of its remotes, with the key of its wrap filled in; credentials are not.</summary>
    /// <param name="remote">One of the configuration's.</param>
    /// <returns>The settings.</returns>
    public SessionSettings SessionFor(RemoteEndpoint remote)
    {
        TunnelConfiguration own = _configuration.For(remote);
        return own.Session with { WrapKey = KeyOf(own.WrapKey) };
    }

    /// <summary>Reads another material of the configuration, such as auth-gen-token-secret.</summary>
    /// <param name="material">The material.</param>
    /// <returns>Its bytes; the caller disposes them.</returns>
    /// <exception cref="TunnelIdentityException">It cannot be read.</exception>
    public SecretBytes Read(KeyMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        return Files.Read(material, isSecret: true);
    }

    /// <summary>A path of the configuration as openvpn means it.</summary>
    /// <param name="path">The path as written.</param>
    /// <returns>The whole path.</returns>
    public string Resolve(string path) => Files.Resolve(path);

    /// <summary>Makes the TLS context of these settings, with a fault told by directive and place.</summary>
    /// <param name="provider">Makes it.</param>
    /// <returns>The context; the caller disposes it.</returns>
    /// <exception cref="TunnelIdentityException">The settings cannot work.</exception>
    public ITlsContext CreateContext(ITlsProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        try
        {
            return provider.CreateContext(Tls);
        }
        catch (TlsSettingsException e)
        {
            (string directive, string? position) = PlaceOf(e.Setting);
            throw new TunnelIdentityException($"{(position is null ? "" : position + ": ")}{directive}: {e.Message}", e);
        }
    }

    /// <summary>Reads the revocation list again when its file has changed; new connections want a new context then.</summary>
    /// <returns>Whether <see cref="Tls"/> is new.</returns>
    /// <exception cref="TunnelIdentityException">The file cannot be read any more.</exception>
    public bool TryRenewRevocations()
    {
        if (_configuration.RevocationList is not { File: { } } list || _configuration.RevocationsAreDirectory ||
            VersionOf(list) == _revocationsVersion)
            return false;
        SecretBytes? before = _revocations;
        Tls = Tls with { RevocationLists = ReadRevocations(list) };
        before?.Dispose();
        return true;
    }

    /// <summary>Wipes all keys.</summary>
    public void Dispose()
    {
        foreach (SecretBytes secret in _owned)
            secret.Dispose();
        _revocations?.Dispose();
        foreach (SecretBytes key in _wrapKeys.Values)
            key.Dispose();
    }

    private void ReadWrapKeys()
    {
        IEnumerable<KeyMaterial?> keys = [_configuration.WrapKey, _configuration.SecondWrapKey, .. _configuration.Remotes.Select(r => r.Own?.WrapKey)];
        foreach (KeyMaterial material in keys.OfType<KeyMaterial>())
        {
            if (!_wrapKeys.ContainsKey(material))
                _wrapKeys.Add(material, Files.Read(material, isSecret: true));
        }
    }

    private ReadOnlyMemory<byte> KeyOf(KeyMaterial? material) => material is null ? default : _wrapKeys[material].Memory;

    private ReadOnlyMemory<byte> Keep(KeyMaterial? material, bool isSecret)
    {
        if (material is null)
            return default;
        SecretBytes bytes = Files.Read(material, isSecret);
        _owned.Add(bytes);
        return bytes.Memory;
    }

    private ReadOnlyMemory<byte> ReadRevocations(KeyMaterial list)
    {
        _revocationsVersion = VersionOf(list);
        _revocations = Files.Read(list, isSecret: false);
        return _revocations.Memory;
    }

    private (DateTime Written, long Length) VersionOf(KeyMaterial list)
    {
        FileInfo file = list.File is { } path ? new(Resolve(path)) : new("/dev/null");
        return (file.LastWriteTimeUtc, file.Exists ? file.Length : 0);
    }
}
