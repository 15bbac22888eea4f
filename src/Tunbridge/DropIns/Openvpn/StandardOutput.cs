// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Whatever is standard output at the moment: <see cref="Console.Out"/> stays with what it was at first.</summary>
internal sealed class StandardOutput : TextWriter
{
    private readonly FileDescriptor _descriptor = new(1, ownsHandle: false);

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(value ?? "");
        while (left.Length > 0)
        {
            Errno errno = _descriptor.Write(left, out int count);
            if (errno != Errno.None)
                throw new IOException($"standard output: {LinuxException.Describe(errno)}");
            left = left[count..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _descriptor.Dispose();
        base.Dispose(disposing);
    }
}
