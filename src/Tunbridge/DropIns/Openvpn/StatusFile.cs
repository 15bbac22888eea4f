// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tunbridge.Linux;
using Tunbridge.OpenVpn.Settings;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>The file of <c>status</c>: opened once, written anew in its place.</summary>
internal sealed class StatusFile : IDisposable
{
    private const uint OwnerOnly = 0x180; // octal 600
    private const int DefaultSeconds = 60;

    private readonly FileDescriptor _descriptor;
    private readonly SafeFileHandle _file;

    private StatusFile(FileDescriptor descriptor, int seconds)
    {
        _descriptor = descriptor;
        _file = new(descriptor.Number, ownsHandle: false);
        Period = TimeSpan.FromSeconds(Math.Max(1, seconds));
    }

    /// <summary>How often it is written.</summary>
    internal TimeSpan Period { get; }

    /// <summary>The number of its descriptor.</summary>
    internal int Number => _descriptor.Number;

    /// <summary>Opens it, or takes the one that was handed over; null where none is wanted.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    internal static StatusFile? Open(OpenvpnRequest request, int handed)
    {
        if (request.Last("status") is not { } directive || directive.At(0) is not { } path)
            return null;
        int seconds = directive.At(1) is null ? DefaultSeconds : request.Number("status", DefaultSeconds, 1);
        FileDescriptor descriptor = handed >= 0 ? new FileDescriptor(handed) : FileDescriptor.Create(request.Resolve(path), appends: false, OwnerOnly);
        if (handed >= 0)
            descriptor.SetPassedOn(false);
        return new(descriptor, seconds);
    }

    /// <summary>Lets the program that this process becomes have it.</summary>
    internal void PassOn() => _descriptor.SetPassedOn(true);

    /// <summary>Writes it anew.</summary>
    /// <exception cref="IOException">The disk is full, say.</exception>
    internal void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        RandomAccess.Write(_file, bytes, 0);
        // After the new text, so that a reader never finds an empty file.
        RandomAccess.SetLength(_file, bytes.Length);
    }

    public void Dispose()
    {
        _file.Dispose();
        _descriptor.Dispose();
    }
}
