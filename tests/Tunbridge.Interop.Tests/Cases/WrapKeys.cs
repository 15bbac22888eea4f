// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Interop.Tests.Cases;

/// <summary>Keys for the control channel, made once by the official program.</summary>
internal sealed class WrapKeys
{
    private static readonly Lazy<WrapKeys> s_shared = new(() => new());

    private WrapKeys()
    {
        string folder = Directory.CreateTempSubdirectory("tunbridge-keys").FullName;
        try
        {
            string shared = Path.Combine(folder, "shared.key"), server = Path.Combine(folder, "server.key"), client = Path.Combine(folder, "client.key");
            Make("--genkey", "secret", shared);
            Make("--genkey", "tls-crypt-v2-server", server);
            Make("--tls-crypt-v2", server, "--genkey", "tls-crypt-v2-client", client);
            (Shared, Server, Client) = (File.ReadAllText(shared), File.ReadAllText(server), File.ReadAllText(client));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Shared { get; }

    private string Server { get; }

    private string Client { get; }

    /// <summary>The lines of a configuration for a wrap of <see cref="InteropCase"/>.</summary>
    internal static string Lines(string wrap, bool isServer)
    {
        if (wrap == "none")
            return "";
        WrapKeys keys = s_shared.Value;
        if (wrap == "tls-crypt")
            return $"<tls-crypt>\n{keys.Shared}</tls-crypt>\n";
        if (wrap == "tls-crypt-v2")
            return $"<tls-crypt-v2>\n{(isServer ? keys.Server : keys.Client)}</tls-crypt-v2>\n";
        string[] words = wrap.Split('-');
        string direction = words[2] == "both" ? "" : $"key-direction {(words[2] == "1" == isServer ? 1 : 0)}\n";
        return $"auth {words[3]}\n{direction}<tls-auth>\n{keys.Shared}</tls-auth>\n";
    }

    private static void Make(params string[] arguments)
    {
        CommandResult result = CommandResult.Of("openvpn", arguments);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
