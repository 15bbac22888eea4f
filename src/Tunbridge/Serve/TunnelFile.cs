// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunbridge.Configuration;
using Tunbridge.DropIns.Openvpn;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.Tunnels;

namespace Tunbridge.Serve;

/// <summary>The OpenVPN file of a declared tunnel: what is wrong with it and with the files it names, and what it was when it was read.</summary>
internal sealed record TunnelFile
{
    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What hinders it, each with its place.</summary>
    internal required IReadOnlyList<Diagnostic> Mistakes { get; init; }

    /// <summary>Files it names that are not there; they may come, so it is started all the same, again and again.</summary>
    internal IReadOnlyList<Diagnostic> Missing { get; init; } = [];

    /// <summary>What is passed over, each with its place.</summary>
    internal IReadOnlyList<Diagnostic> Notes { get; init; } = [];

    /// <summary>Whether it is a server's; null when that cannot be told.</summary>
    internal bool? IsServer { get; init; }

    /// <summary>Another one when the file or one that it names has changed.</summary>
    internal string Fingerprint { get; init; } = "";

    /// <summary>Reads the file of a tunnel.</summary>
    internal static TunnelFile Read(TunnelDefinition tunnel)
    {
        try
        {
            using FileStream file = ConfigurationFile.OpenTrusted(tunnel.OpenVpnFile);
            using SecretBytes text = SecretFile.Read(file);
            if (!System.Text.Unicode.Utf8.IsValid(text.Span))
                return new() { Mistakes = [At(tunnel, $"{tunnel.OpenVpnFile}: this is not text: allowed is UTF-8")] };
            using OpenvpnRequest request = OpenvpnRequest.ReadFile(tunnel.OpenVpnFile);
            return Read(tunnel, text, request);
        }
        catch (ConfigurationException e)
        {
            return new() { Mistakes = [.. e.Diagnostics.Select(d => At(tunnel, $"{d.Path}: {d.Message}"))] };
        }
        catch (Exception e) when (e is OptionsErrorException or IOException)
        {
            return new() { Mistakes = [At(tunnel, $"{tunnel.OpenVpnFile}: {e.Message}")] };
        }
    }

    private static TunnelFile Read(TunnelDefinition tunnel, SecretBytes text, OpenvpnRequest request)
    {
        TunnelConfiguration configuration = request.Build(out IReadOnlyList<DirectiveProblem> problems);
        List<Diagnostic> mistakes = [.. problems.Where(p => p.IsError).Select(p => Of(tunnel, p))];
        if (!request.Has("dev"))
            mistakes.Add(Of(tunnel, tunnel.OpenVpnFile, 0, "no dev, allowed is tun, tap or a card's name"));
        // The process's own file is the service's concern, and not written.
        Diagnostic[] missing = [.. NamedFiles.FindMissing(request, configuration.IsServer).Where(m => m.Directive.Name != "writepid")
            .Select(m => Of(tunnel, m.Directive.File, m.Directive.Line, m.Text))];
        KeyMaterial[] materials = [.. Materials(configuration)];
        foreach (KeyMaterial secret in materials.Where(m => IsSecret(m, configuration)))
        {
            if (FindReadable(tunnel, request, secret) is { } mistake)
                mistakes.Add(mistake);
        }

        return new()
        {
            Mistakes = mistakes,
            Missing = missing,
            Notes = [.. problems.Where(p => !p.IsError).Select(p => Of(tunnel, p))],
            IsServer = configuration.IsServer,
            Fingerprint = Stamp(text, request, materials),
        };
    }

    private static IEnumerable<KeyMaterial> Materials(TunnelConfiguration configuration)
    {
        KeyMaterial?[] known =
        [
            configuration.Authorities, configuration.Certificate, configuration.PrivateKey, configuration.Pkcs12, configuration.WrapKey,
            configuration.SecondWrapKey, configuration.Credentials, configuration.Tls.Passphrase, configuration.Server.Tokens?.Key,
            configuration.Server.PasswordFile,
        ];
        return known.OfType<KeyMaterial>();
    }

    private static bool IsSecret(KeyMaterial material, TunnelConfiguration configuration) =>
        !ReferenceEquals(material, configuration.Authorities) && !ReferenceEquals(material, configuration.Certificate);

    private static Diagnostic? FindReadable(TunnelDefinition tunnel, OpenvpnRequest request, KeyMaterial secret)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        string path = secret.Inline is not null ? tunnel.OpenVpnFile : request.Resolve(secret.File ?? "");
        // What is missing is told by whoever reads it.
        if ((secret.Inline is null && secret.File is null) || !File.Exists(path) || (File.GetUnixFileMode(path) & ForOthers) is 0)
            return null;
        string mode = Convert.ToString((int)File.GetUnixFileMode(path), 8);
        int colon = secret.Position.LastIndexOf(':');
        int line = colon > 0 && int.TryParse(secret.Position[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        string what = secret.Inline is not null ? "this file, with a secret between tags," : $"'{secret.File}'";
        return Of(
            tunnel, line > 0 ? secret.Position[..colon] : tunnel.OpenVpnFile, line,
            $"{secret.Directive}: {what} is group or others accessible (mode {mode}), refused; mend it with `chmod 600 {path}`");
    }

    private static string Stamp(SecretBytes text, OpenvpnRequest request, KeyMaterial[] materials)
    {
        StringBuilder stamp = new(Convert.ToHexString(SHA256.HashData(text.Span)));
        foreach (string path in materials.Select(m => m.File).OfType<string>().Select(request.Resolve))
            stamp.Append(CultureInfo.InvariantCulture, $"\n{path} {(File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks : 0)}");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(stamp.ToString())));
    }

    private static Diagnostic Of(TunnelDefinition tunnel, DirectiveProblem problem) =>
        Of(tunnel, problem.Line > 0 ? problem.File : tunnel.OpenVpnFile, problem.Line, problem.Text);

    private static Diagnostic Of(TunnelDefinition tunnel, string path, int line, string message) => new()
    {
        Path = path,
        Line = line,
        Column = line > 0 ? 1 : 0,
        Key = $"tunnels.{tunnel.Name}.openvpn",
        Message = message,
    };

    private static Diagnostic At(TunnelDefinition tunnel, string message) => new()
    {
        Path = tunnel.FilePosition.Path,
        Line = tunnel.FilePosition.Line,
        Column = tunnel.FilePosition.Column,
        Key = $"tunnels.{tunnel.Name}.openvpn",
        Message = message,
    };
}
