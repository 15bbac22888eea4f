// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>The files, folders and programs that directives name: which of them are not there, all at once and before anything begins.</summary>
/// <remarks>They are looked for, not opened: one may be a pipe that can be read once.</remarks>
internal static class NamedFiles
{
    private const string Missing = "No such file or directory (errno=2)";

    private static readonly HashSet<string> s_read =
    [
        "ca", "capath", "cert", "extra-certs", "key", "pkcs12", "crl-verify", "tls-auth", "tls-crypt", "tls-crypt-v2", "auth-user-pass", "askpass",
        "client-config-dir", "auth-user-pass-file",
    ];

    private static readonly HashSet<string> s_written = ["writepid", "status"];

    private static readonly HashSet<string> s_programs =
    [
        "up", "down", "route-up", "route-pre-down", "ipchange", "tls-verify", "tls-crypt-v2-verify", "auth-user-pass-verify", "client-connect",
        "client-disconnect", "learn-address",
    ];

    /// <summary>What is missing, in the words of openvpn, with the directive that names it.</summary>
    internal static IEnumerable<(Directive Directive, string Text)> FindMissing(OpenvpnRequest request, bool isServer)
    {
        foreach (Directive directive in request.Directives)
        {
            // A word in brackets is how openvpn itself speaks of what stands between tags.
            if (directive.Inline is not null || directive.At(0) is not { Length: > 0 } path || path is "stdin" or "[inline]")
                continue;
            string name = directive.Name;
            if (s_read.Contains(name) || (name == "dh" && isServer && path != "none"))
            {
                if (!Path.Exists(request.Resolve(path)))
                    yield return (directive, $"--{name}{(directive.At(1) == "dir" ? " directory" : "")} fails with '{path}': {Missing}");
            }
            else if (s_written.Contains(name) && !Directory.Exists(Path.GetDirectoryName(request.Resolve(path))))
            {
                yield return (directive, $"--{name} fails with '{path}': {Missing}");
            }
            else if (name == "tmp-dir" && !Directory.Exists(request.Resolve(path)))
            {
                yield return (directive, $"Temporary directory (--{name}) fails with '{path}': {Missing}");
            }
            else if (s_programs.Contains(name) && LineWords.TrySplit(path, out List<string> words, out _) && words is [var program, ..] &&
                program.Contains('/', StringComparison.Ordinal) && !Path.Exists(request.Resolve(program)))
            {
                yield return (directive, $"--{name} script fails with '{program}': {Missing}");
            }
        }
    }
}
