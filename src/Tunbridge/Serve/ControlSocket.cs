// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Tunbridge.Changes;
using Tunbridge.Commands;
using Tunbridge.Configuration;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge.Serve;

/// <summary>Answers on the instance's Unix socket: one line is the request, what follows until the end is the answer.</summary>
/// <remarks>
/// Mode 0660: the socket's group may ask, which the kernel sees to; what changes something is for root, which the
/// peer's credentials tell (SO_PEERCRED, unix(7)). One process serves an instance: it holds a lock beside the socket.
/// </remarks>
internal sealed class ControlSocket : IDisposable
{
    internal const string StatusRequest = "status";
    internal const string TunnelsRequest = "tunnels";
    internal const string MonitorRequest = "monitor";
    internal const string MetricsRequest = "metrics";
    internal const string ReloadRequest = "reload";

    private const int MostClients = 64;
    private const int LongestRequest = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly FileLock _lock;
    private readonly string _path;
    private readonly CardService _service;
    private readonly EventFeed _feed;
    private int _clients;
    private volatile bool _isClosed;

    private ControlSocket(Socket listener, FileLock instanceLock, string path, CardService service, EventFeed feed)
    {
        _listener = listener;
        _lock = instanceLock;
        _path = path;
        _service = service;
        _feed = feed;
    }

    /// <summary>Where an instance's socket is.</summary>
    internal static string PathOf(string directory, string instance) => Path.Combine(directory, $"{instance}.sock");

    /// <summary>Makes sure that nobody else serves an instance.</summary>
    /// <exception cref="RefusedException">Somebody does.</exception>
    internal static FileLock TakeInstance(string instance)
    {
        string path = LockOf(instance);
        while (true)
        {
            FileLock held = FileLock.TryTake(path, wait: false) ??
                throw new RefusedException($"a service of instance {instance} runs already; another one of the same cards needs --name");
            // One that has just ended may have removed the file.
            if (held.IsOn(path))
                return held;
            held.Dispose();
        }
    }

    /// <summary>Lets go of what <see cref="TakeInstance"/> took.</summary>
    internal static void Leave(FileLock instanceLock, string instance)
    {
        // While it is held, so that no other's file is removed.
        File.Delete(LockOf(instance));
        instanceLock.Dispose();
    }

    private static string LockOf(string instance) => Path.Combine(StateDirectory.Prepare(), $"{instance}.serve");

    /// <summary>Listens.</summary>
    /// <param name="instanceLock">From <see cref="TakeInstance"/>; owned by the result.</param>
    /// <param name="service">Who knows the answers.</param>
    /// <param name="feed">What monitors get.</param>
    internal static ControlSocket Open(FileLock instanceLock, CardService service, EventFeed feed)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Unix sockets have Unix modes");
        string directory = StateDirectory.Prepare();
        string path = PathOf(directory, service.Desired.Instance);
        string draft = Path.Combine(directory, $".{Environment.ProcessId}.sock");
        Socket listener = new(System.Net.Sockets.AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(draft);
            listener.Bind(new UnixDomainSocketEndPoint(draft));
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            listener.Listen(MostClients);
            // In its place only when it answers, and over what a killed service left there.
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        ControlSocket socket = new(listener, instanceLock, path, service, feed);
        _ = Task.Run(socket.AcceptAsync);
        return socket;
    }

    public void Dispose()
    {
        _isClosed = true;
        _listener.Dispose();
        File.Delete(_path);
        Leave(_lock, _service.Desired.Instance);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_isClosed)
                    return;
                // Out of descriptors, say: the service goes on, and answers again when it can.
                Terminal.Warn($"the control socket takes no request now: {e.Message}");
                await Task.Delay(s_patience).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using NetworkStream stream = new(client, ownsSocket: true);
            bool isTooMany = Interlocked.Increment(ref _clients) > MostClients;
            // Also of one too many: closed with words unread, its socket would lose the answer.
            string request = await ReadRequestAsync(stream).ConfigureAwait(false);
            if (isTooMany)
                await SendAsync(stream, Error($"{MostClients} clients are connected, which is the limit")).ConfigureAwait(false);
            else if (request == MonitorRequest)
                await MonitorAsync(client, stream).ConfigureAwait(false);
            else
                await SendAsync(stream, await AnswerAsync(client, request).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or took too long; nobody is left to tell.
            return;
        }
        catch (Exception e)
        {
            // A defect of ours, which nobody awaits: it must not be silent, nor end the service.
            Terminal.Warn($"defect: the answer to a client: {e.GetType().Name}: {Terminal.OneLine(e.Message)}; please report it");
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        using CancellationTokenSource patience = new(s_patience);
        byte[] buffer = new byte[LongestRequest];
        int length = 0;
        while (length < buffer.Length)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), patience.Token).ConfigureAwait(false);
            length += count;
            int end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0 || count == 0)
                return Encoding.UTF8.GetString(buffer, 0, end >= 0 ? end : length).TrimEnd('\r');
        }

        return "";
    }

    private async Task<string> AnswerAsync(Socket client, string request)
    {
        try
        {
            switch (request)
            {
                case StatusRequest:
                    DesiredState desired = _service.Desired;
                    using (FileWork work = new(desired, new(), null, Planner.Up))
                    {
                        StatusReport report = work.Status();
                        return Json(json => StatusCommand.Write(json, desired, report, _service.Tunnels));
                    }

                case TunnelsRequest:
                    return Json(json => TunnelReports.Write(json, _service.Tunnels));
                case MetricsRequest:
                    return PrometheusText.Write(_service.Desired, _service.Metrics, _service.Tunnels);
                case ReloadRequest when !UnixPeer.IsRootOrSelf(client):
                    return Error("only root may reload");
                case ReloadRequest:
                    TaskCompletionSource<string?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    _service.PostReload(done.SetResult);
                    string? mistake = await done.Task.ConfigureAwait(false);
                    return mistake is null ? Json(json => json.WriteBoolean("reloaded", true)) : Error(mistake);
                default:
                    return Error($"no such request, allowed are {StatusRequest}, {TunnelsRequest}, {MonitorRequest}, {MetricsRequest}, {ReloadRequest}");
            }
        }
        catch (Exception e) when (Failure.Describe(e) is { } failure)
        {
            return Error(failure.Message);
        }
    }

    private async Task MonitorAsync(Socket client, NetworkStream stream)
    {
        Channel<ServiceEvent> events = _feed.Subscribe();
        try
        {
            // A client says nothing more; the end of its half is how one that listens in vain is noticed.
            Task gone = WaitForEndAsync(stream, events);
            await SendAsync(stream, new ServiceEvent { Kind = "listening", Message = $"listening to {_service.Desired.Path}" }.ToJson() + "\n").ConfigureAwait(false);
            await foreach (ServiceEvent happened in events.Reader.ReadAllAsync().ConfigureAwait(false))
                await SendAsync(stream, happened.ToJson() + "\n").ConfigureAwait(false);
            client.Shutdown(SocketShutdown.Both);
            await gone.ConfigureAwait(false);
        }
        finally
        {
            _feed.Unsubscribe(events);
        }
    }

    private static async Task WaitForEndAsync(NetworkStream stream, Channel<ServiceEvent> events)
    {
        byte[] buffer = new byte[1];
        try
        {
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) > 0)
                continue;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Gone the hard way, which is as good.
            events.Writer.TryComplete();
        }

        events.Writer.TryComplete();
    }

    private static async Task SendAsync(NetworkStream stream, string text)
    {
        using CancellationTokenSource patience = new(s_patience);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), patience.Token).ConfigureAwait(false);
    }

    private static string Error(string message) => Json(json => json.WriteString("error", message));

    private static string Json(Action<System.Text.Json.Utf8JsonWriter> body)
    {
        using StringWriter text = new();
        JsonOutput.Write(text, body);
        return text.ToString();
    }
}
