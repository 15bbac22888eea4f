// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Tunbridge.Linux;

namespace Tunbridge.DropIns.Openvpn;

/// <summary>Lines for the system's log (RFC 3164 over /dev/log), of the facility "daemon"; without a log they are lost.</summary>
internal sealed class SystemLog : IDisposable
{
    internal const int Error = 3, Notice = 5, Information = 6;

    private const int Daemon = 3;
    private const string Address = "/dev/log";

    private readonly NotifySocket _socket = NotifySocket.Open(Address);
    private readonly string _tag;

    internal SystemLog(string name) => _tag = string.Create(CultureInfo.InvariantCulture, $"{name}[{Environment.ProcessId}]");

    internal void Write(int severity, string line)
    {
        string time = DateTime.Now.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
        // A log that is full or not there is nobody's to be told of.
        _ = _socket.TrySend(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"<{(Daemon * 8) + severity}>{time} {_tag}: {line}")));
    }

    public void Dispose() => _socket.Dispose();
}
