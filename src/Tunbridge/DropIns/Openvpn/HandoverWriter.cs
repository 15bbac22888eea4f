// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Tunbridge.Linux;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Writes a <see cref="Handover"/> straight into its file, so that secrets are in no buffer between: numbers of 4 bytes, and bytes behind their count.</summary>
internal sealed class HandoverWriter(FileDescriptor file)
{
    internal void Write(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Put(bytes);
    }

    internal void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    internal void Write(Dictionary<string, SecretBytes> secrets)
    {
        Write(secrets.Count);
        foreach ((string name, SecretBytes secret) in secrets)
        {
            Write(name);
            Write(secret.Span);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        Put(bytes);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            Errno errno = file.Write(bytes, out int count);
            if (errno != Errno.None)
                throw new IOException($"a file in memory: {LinuxException.Describe(errno)}");
            bytes = bytes[count..];
        }
    }
}
