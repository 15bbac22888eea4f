// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Wire;

/// <summary>Collects what TLS gives into messages, which end at their NUL; several in one read and one over several are both taken.</summary>
internal sealed class ControlMessageBuffer : IDisposable
{
    private readonly SecretBuffer _bytes = new();
    private int _taken;

    /// <summary>A message was longer than is allowed; nothing more comes out.</summary>
    internal bool IsBroken { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
            return;
        _bytes.Append(bytes);
        ReadOnlySpan<byte> rest = _bytes.Span[_taken..];
        if (rest.Length > ControlMessage.MaximumLength && rest.IndexOf((byte)0) < 0)
            IsBroken = true;
    }

    /// <summary>Gives the next message without its NUL, valid and to be changed until the next call. Empty ones are skipped.</summary>
    internal bool TryRead(out Span<byte> message)
    {
        message = default;
        while (!IsBroken)
        {
            _bytes.Skip(_taken);
            _taken = 0;
            int nul = _bytes.Span.IndexOf((byte)0);
            if (nul < 0)
                return false;
            _taken = nul + 1;
            if (nul == 0)
                continue;
            message = _bytes.Span[..nul];
            return true;
        }
        return false;
    }

    /// <summary>Wipes what has not been read.</summary>
    public void Dispose()
    {
        _taken = 0;
        _bytes.Dispose();
    }
}
