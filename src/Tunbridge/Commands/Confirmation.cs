// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tunbridge.Changes;
using Tunbridge.Linux;
using Tunbridge.Output;

namespace Tunbridge.Commands;

/// <summary>Waits for somebody's word that a change is fine, from this terminal or by a Unix socket.</summary>
internal sealed class Confirmation : IDisposable
{
    private static readonly byte[] s_confirm = "confirm"u8.ToArray();
    private static readonly byte[] s_kept = "kept"u8.ToArray();

    private readonly Socket _listener;
    private readonly string _path;
    private readonly CancellationTokenSource _lost = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private string _why = "";

    private Confirmation(Socket listener, string path)
    {
        _listener = listener;
        _path = path;
        // From now on a lost connection, or Ctrl+C, means going back in good order.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Opens the socket of the thread's namespace.</summary>
    internal static Confirmation Open()
    {
        string path = ChangeJournal.FindPath() + ".try";
        if (CanConnect(path))
            throw new RefusedException("another try is waiting for its confirmation: `tunbridge try --confirm`");
        File.Delete(path);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new(listener, path);
    }

    /// <summary>Tells the waiting try of the thread's namespace that all is well.</summary>
    /// <returns>The exit code.</returns>
    internal static int Give()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(ChangeJournal.FindPath() + ".try"));
        }
        catch (SocketException)
        {
            throw new RefusedException("no try is waiting here");
        }

        socket.Send(s_confirm);
        byte[] answer = new byte[s_kept.Length];
        bool isKept = socket.Receive(answer) == answer.Length && answer.AsSpan().SequenceEqual(s_kept);
        return isKept ? ExitCode.Done : throw new RefusedException("it is too late, or not this user's to confirm");
    }

    /// <summary>Waits.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="keep">Makes it stay, before anybody is told that it does.</param>
    /// <exception cref="NotConfirmedException">Nobody confirmed in time, or the terminal is lost.</exception>
    internal void Wait(TimeSpan timeout, Action keep)
    {
        Terminal.Warn($"applied; without confirmation it goes back in {timeout.TotalSeconds:0} s: `tunbridge try --confirm`" +
            (Console.IsInputRedirected ? "" : ", or Enter here"));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token);
        end.CancelAfter(timeout);
        Task accept = AcceptAsync(keep, end.Token);
        List<Task> answers = [accept];
        if (!Console.IsInputRedirected)
            answers.Add(Task.Run(ReadEnter, CancellationToken.None));
        Task first = Task.WhenAny(answers).GetAwaiter().GetResult();
        try
        {
            first.GetAwaiter().GetResult();
            keep();
        }
        catch (OperationCanceledException)
        {
            throw new NotConfirmedException(_why.Length > 0 ? _why : $"no confirmation within {timeout.TotalSeconds:0} s");
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _listener.Dispose();
        File.Delete(_path);
        _lost.Dispose();
    }

    private static bool CanConnect(string path)
    {
        if (!File.Exists(path))
            return false;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            // Left by a run that was killed.
            return false;
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _why = context.Signal == PosixSignal.SIGHUP ? "the terminal is lost" : "interrupted";
        _lost.Cancel();
    }

    private async Task AcceptAsync(Action keep, CancellationToken cancellationToken)
    {
        while (true)
        {
            using Socket peer = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            byte[] word = new byte[s_confirm.Length];
            if (!UnixPeer.IsRootOrSelf(peer) || await peer.ReceiveAsync(word, cancellationToken).ConfigureAwait(false) != word.Length ||
                !word.AsSpan().SequenceEqual(s_confirm))
                continue;
            keep();
            peer.Send(s_kept);
            return;
        }
    }

    private void ReadEnter()
    {
        if (Console.In.ReadLine() is not null)
            return;
        _why = "the terminal is lost";
        throw new OperationCanceledException();
    }
}
