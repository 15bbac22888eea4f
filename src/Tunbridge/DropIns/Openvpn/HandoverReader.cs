// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Tunbridge.Tunnels;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Reads what <see cref="HandoverWriter"/> wrote.</summary>
internal ref struct HandoverReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal int ReadNumber() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    internal string ReadText() => Encoding.UTF8.GetString(Take(ReadNumber()));

    internal Dictionary<string, SecretBytes> ReadSecrets()
    {
        Dictionary<string, SecretBytes> secrets = [];
        for (int left = ReadNumber(); left > 0; left--)
        {
            string name = ReadText();
            secrets[name] = new SecretBytes(Take(ReadNumber()));
        }

        return secrets;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
