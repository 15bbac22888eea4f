// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tunbridge.Changes;

namespace Tunbridge.Serve;

/// <summary>Asks the service of an instance over its socket.</summary>
internal static class ControlClient
{
    /// <summary>Gives the whole answer to a request.</summary>
    /// <exception cref="RefusedException">No service answers, or it says why it cannot.</exception>
    internal static string Ask(string instance, string request)
    {
        using StreamReader reader = Open(instance, request);
        string answer = reader.ReadToEnd();
        if (answer.Length == 0)
            throw new RefusedException($"the service of {instance} has no answer now: it ends, or too many ask at once");
        if (answer[0] != '{')
            return answer;
        using JsonDocument document = JsonDocument.Parse(answer);
        return document.RootElement.TryGetProperty("error", out JsonElement error)
            ? throw new RefusedException($"the service of {instance}: {error.GetString()}")
            : answer;
    }

    /// <summary>Gives the answer to a request as it comes.</summary>
    /// <exception cref="RefusedException">No service answers.</exception>
    internal static StreamReader Open(string instance, string request)
    {
        string path = Find(instance);
        Socket socket = new(System.Net.Sockets.AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            NetworkStream stream = new(socket, ownsSocket: true);
            stream.Write(Encoding.UTF8.GetBytes($"{request}\n"));
            return new StreamReader(stream, Encoding.UTF8);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            if (e.SocketErrorCode == SocketError.AccessDenied)
                throw new UnauthorizedAccessException($"{path}: permission denied: its group and root may ask the service");
            throw new RefusedException($"no service answers at {path}: start it with `tunbridge serve`, or `tunbridge service install`");
        }
    }

    // Root's is everybody's to ask; one's own is elsewhere only where root's directory cannot be written.
    private static string Find(string instance)
    {
        string system = ControlSocket.PathOf(StateDirectory.SystemPath, instance);
        return !File.Exists(system) && StateDirectory.Find() is string own ? ControlSocket.PathOf(own, instance) : system;
    }
}
