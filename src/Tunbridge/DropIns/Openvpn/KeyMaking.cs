// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Crypto;
using Tunbridge.Hosting.OpenVpn;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary><c>--genkey</c>: the key files of OpenVPN's own formats.</summary>
internal static class KeyMaking
{
    private const int MostMetadata = 733;
    private const int MostParameters = 3;
    private const int LongestPassword = 4096;

    /// <summary>Makes the key that is asked for, into its file or to the output.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(OpenvpnRequest request, TextWriter output, OpenvpnLog log)
    {
        Directive directive = request.Last("genkey")!;
        string? path = directive.At(1);
        string kind = directive.At(0) ?? "secret";
        if (directive.Parameters.Count > MostParameters)
            throw new OptionsErrorException($"Unrecognized option or missing or extra parameter(s) in [CMD-LINE]:1: genkey ({VersionLines.Version})");
        if (directive.Parameters.Count == 0 && request.Last("secret")?.At(0) is { } old)
        {
            log.Write(0, "DEPRECATED OPTION: The option --secret is deprecated.");
            log.Write(0, "WARNING: Using --genkey --secret filename is DEPRECATED.  Use --genkey secret filename instead.");
            path = old;
        }

        if (kind == "auth-user")
            return MakeUser(directive, output);
        string text;
        switch (kind)
        {
            case "secret" or "tls-auth" or "tls-crypt":
                text = KeyFiles.MakeStatic(CryptoProviders.OpenSsl);
                break;
            case "tls-crypt-v2-server":
                text = KeyFiles.MakeTlsCryptV2Server(CryptoProviders.OpenSsl);
                break;
            case "auth-token":
                text = KeyFiles.MakeAuthToken(CryptoProviders.OpenSsl);
                break;
            case "tls-crypt-v2-client":
                if (MakeClientKey(request, directive, log) is not { } made)
                    return ExitCode.Failed;
                text = made;
                break;
            default:
                throw new OptionsErrorException($"unknown --genkey type: {kind}");
        }

        if (path is not null)
            return Save(path, text, log);
        // As openvpn has it: an empty line after what goes to the output.
        output.Write($"{text}\n");
        return ExitCode.Done;
    }

    // Of this program only: a line for auth-user-pass-file, which goes to the output, to be put behind the others.
    private static int MakeUser(Directive directive, TextWriter output)
    {
        if (directive.At(1) is not { Length: > 0 } user)
            throw new OptionsErrorException("--genkey auth-user wants the user's name");
        using SecretBytes room = new(LongestPassword);
        // From a pipe where there is one, so that scripts need no terminal.
        int? length = Console.IsInputRedirected
            ? ReadLine(room.Span)
            : TerminalQuestion.Ask($"Password of {Output.Terminal.OneLine(user)}", echoes: false, room.Span);
        if (length is null or 0)
            throw new OptionsErrorException("--genkey auth-user: no password was given, at the terminal or on standard input");
        try
        {
            output.Write($"{PasswordFile.MakeLine(user, room.Span[..length.Value])}\n");
            return ExitCode.Done;
        }
        catch (ArgumentException e) when (e.ParamName == "user")
        {
            throw new OptionsErrorException($"--genkey auth-user: {e.Message.Split(" (Parameter", 2)[0]}");
        }
    }

    // Byte by byte, since Console.In would keep what it has read.
    private static int ReadLine(Span<byte> room)
    {
        using Stream input = Console.OpenStandardInput();
        int length = 0;
        while (length < room.Length && input.Read(room.Slice(length, 1)) == 1 && room[length] != (byte)'\n')
            length++;
        return room[..length].TrimEnd((byte)'\r').Length;
    }

    private static string? MakeClientKey(OpenvpnRequest request, Directive directive, OpenvpnLog log)
    {
        if (request.Last("tls-crypt-v2") is not { } server)
        {
            throw new OptionsErrorException(
                "--genkey tls-crypt-v2-client requires a server key to be set via --tls-crypt-v2 to create a client key");
        }

        byte[]? metadata = null;
        if (directive.At(2) is { } encoded)
        {
            metadata = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, metadata, out int length) || length > MostMetadata)
            {
                log.Fatal($"ERROR: the metadata is not base64 of at most {MostMetadata} bytes");
                return null;
            }

            metadata = metadata[..length];
        }

        SecretBytes read;
        try
        {
            read = server.Inline is { } inline ? new SecretBytes(inline.Span) : SecretFile.Read(server.At(0) ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            log.Fatal($"Cannot open file '{server.At(0)}' for reading: {e.Message}");
            return null;
        }

        using SecretBytes key = read;
        string? text = KeyFiles.MakeTlsCryptV2Client(
            CryptoProviders.OpenSsl, CryptoProviders.OpenSsl, key.Span, metadata, TimeProvider.System.GetUtcNow());
        if (text is null)
            log.Fatal($"ERROR: Cannot load tls-crypt-v2 server key: '{server.At(0) ?? "[inline]"}' is none");
        return text;
    }

    private static int Save(string path, string text, OpenvpnLog log)
    {
        const uint OwnerOnly = 0x180; // octal 600
        try
        {
            using FileDescriptor file = FileDescriptor.Create(path, appends: false, OwnerOnly);
            ReadOnlySpan<byte> left = Encoding.ASCII.GetBytes(text);
            while (left.Length > 0)
            {
                Errno errno = file.Write(left, out int count);
                if (errno != Errno.None)
                    return log.Fatal($"Failed to write key file: {LinuxException.Describe(errno)}");
                left = left[count..];
            }

            return ExitCode.Done;
        }
        catch (LinuxException e)
        {
            log.Write(0, $"Cannot open file '{path}' for write: {LinuxException.Describe(e.Errno)} (errno={(int)e.Errno})");
            return log.Fatal("Failed to write key file");
        }
    }
}
