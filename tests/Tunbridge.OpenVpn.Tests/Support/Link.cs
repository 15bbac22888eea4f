// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Data;
using Tunbridge.OpenVpn.Server;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Support;

/// <summary>
/// A client and a server session on virtual time, with a network between them that delays, loses, reorders and duplicates. The
/// server lets everyone in unless told otherwise.
/// </summary>
internal sealed class Link : IDisposable
{
    internal static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Random _random;
    private readonly ICryptoProvider _crypto;
    private readonly List<(DateTimeOffset At, bool ToServer, byte[] Datagram)> _wire = [];
    private readonly byte[] _room = new byte[2048];
    private readonly StaticKey? _serverKey;
    private Func<bool>? _stop;      // looked at after each datagram

    internal Link(SessionSettings settings, SessionSettings? server = null, int seed = 1, bool clientTlsFails = false, ICryptoProvider? crypto = null)
    {
        _random = new Random(seed);
        _crypto = crypto ?? BaseCrypto.Instance;
        ServerSettings = server ?? settings;
        Client = Session.Connect(settings, _crypto, new FakeTls(TlsRole.Client) { Fails = clientTlsFails },
            new SeededRandom(seed), Start);
        if (settings.Wrap != ControlWrapKind.None)
            Assert.True(StaticKey.TryParse(settings.WrapKey.Span, out _serverKey));
    }

    internal DateTimeOffset Now { get; private set; } = Start;

    internal Session Client { get; }

    internal Session? Server { get; private set; }

    internal SessionSettings ServerSettings { get; }

    internal FakeTls ServerTls { get; } = new(TlsRole.Server);

    internal int ServerSeed { get; init; } = 77;

    /// <summary>Chance of each datagram to be lost, to come late, to come twice.</summary>
    internal double Trouble { get; set; }

    /// <summary>Which datagrams arrive at all; all of them at first.</summary>
    internal Func<bool, byte[], bool> Passes { get; set; } = static (_, _) => true;

    internal Func<AuthenticationRequested, string?> Judge { get; set; } = static _ => null;

    internal IReadOnlyList<string> Push { get; set; } = ["ping 10", "ping-restart 60", "ifconfig 10.8.0.2 255.255.255.0"];

    /// <summary>What is this client's own.</summary>
    internal ClientOverrides? Own { get; set; }

    /// <summary>The server asks for patience instead of judging.</summary>
    internal bool Holds { get; set; }

    /// <summary>The token that each client gets, where its options have auth-token; null for none.</summary>
    internal string? Token { get; set; }

    /// <summary>The server does not answer what it is asked.</summary>
    internal bool IsSilent { get; set; }

    /// <summary>Packets that have come out of the data channel, with whether the server had them.</summary>
    internal List<(bool AtServer, byte[] Packet)> Received { get; } = [];

    internal List<SessionEvent> ClientEvents { get; } = [];

    internal List<SessionEvent> ServerEvents { get; } = [];

    internal int Datagrams { get; private set; }

    /// <summary>Runs until the condition holds; fails after a day of virtual time.</summary>
    internal void RunUntil(Func<bool> condition)
    {
        DateTimeOffset end = Now + TimeSpan.FromDays(1);
        Drain();
        while (!condition())
        {
            Assert.True(Step(end), $"nothing more happens; client: {Describe(ClientEvents)}; server: {Describe(ServerEvents)}");
        }
    }

    /// <summary>Runs up to the very datagram that makes the condition hold: its events are not taken yet.</summary>
    internal void RunUntilJust(Func<bool> condition)
    {
        _stop = condition;
        RunUntil(condition);
        _stop = null;
    }

    internal void RunFor(TimeSpan time)
    {
        DateTimeOffset end = Now + time;
        Drain();
        while (Step(end))
        {
            // on
        }
        Now = end;
    }

    /// <summary>Seals with one side and opens with the other.</summary>
    internal DropReason Send(bool fromClient, byte[] packet, out byte[] received)
    {
        received = [];
        (Session from, Session to) = fromClient ? (Client, Server!) : (Server!, Client);
        DataSealer sealer = from.Keys.Sealer!;
        byte[] buffer = new byte[packet.Length + sealer.Overhead];
        Assert.True(sealer.TrySeal(packet, buffer, Now.ToUnixTimeMilliseconds(), out int length));
        DropReason reason = to.Keys.TryOpen(buffer.AsSpan(0, length), Now.ToUnixTimeMilliseconds(), out Span<byte> payload, out _);
        received = payload.ToArray();
        return reason;
    }

    /// <summary>Seals with one side and puts the datagram on the wire.</summary>
    internal void Launch(bool fromClient, byte[] packet)
    {
        DataSealer? sealer = (fromClient ? Client : Server!).Keys.Sealer;
        byte[] buffer = new byte[packet.Length + sealer!.Overhead];
        Assert.True(sealer.TrySeal(packet, buffer, Now.ToUnixTimeMilliseconds(), out int length));
        Put(fromClient, buffer[..length]);
    }

    internal void LoseWhatIsUnderWay() => _wire.Clear();

    /// <summary>One side is gone without a word, and everything it has sent.</summary>
    internal void Kill(bool client)
    {
        (client ? Client : Server)?.Dispose();
        _wire.RemoveAll(w => w.ToServer == client);
    }

    /// <summary>Gives a side a datagram at once.</summary>
    internal DropReason Inject(bool toServer, byte[] datagram)
    {
        DropReason reason = (toServer ? Server! : Client).HandleDatagram(Now, datagram);
        Drain();
        return reason;
    }

    internal static string Describe(IEnumerable<SessionEvent> events) => string.Join(" | ", events.Select(e => e switch
    {
        SessionNote note => note.Text,
        _ => e.ToString(),
    }));

    public void Dispose()
    {
        Client.Dispose();
        Server?.Dispose();
        _serverKey?.Dispose();
    }

    private bool Step(DateTimeOffset end)
    {
        DateTimeOffset? next = _wire.Count > 0 ? _wire.Min(w => w.At) : null;
        foreach (Session? session in (Session?[])[Client, Server])
        {
            if (session?.NextTimeout is { } time && !(next <= time))
                next = time;
        }
        if (next is null || next > end)
            return false;
        Now = next > Now ? next.Value : Now;
        foreach ((DateTimeOffset At, bool ToServer, byte[] Datagram) item in _wire.Where(w => w.At <= Now).ToArray())
        {
            _wire.Remove(item);
            Deliver(item.ToServer, item.Datagram);
            if (_stop?.Invoke() == true)
                return true;
        }
        Client.HandleTimeout(Now);
        Server?.HandleTimeout(Now);
        Drain();
        return true;
    }

    private void Deliver(bool toServer, byte[] datagram)
    {
        Assert.True(PacketHead.TryRead(datagram, out PacketHead head));
        Session? session = toServer ? Server : Client;
        if (head.IsData)
        {
            bool isExit = false;
            Span<byte> packet = default;
            if (session?.Keys.TryOpen(datagram, Now.ToUnixTimeMilliseconds(), out packet, out isExit) == DropReason.None && packet.Length > 0)
                Received.Add((toServer, packet.ToArray()));
            if (isExit)
                session?.HandlePeerExit();
            return;
        }
        if (toServer && Server is null)
        {
            Assert.True(PacketHead.TryReadControl(datagram, out _, out ulong id));
            WrapState wrap = new(Session.CreateWrap(ServerSettings, _crypto, _serverKey, isServer: true), ownsWrap: true,
                new ControlPacketId(Now.ToUnixTimeSeconds()));
            Server = session = Session.Answer(ServerSettings, _crypto, ServerTls, new SeededRandom(ServerSeed), wrap,
                _serverKey is null ? null : new StaticKey(_serverKey.Bytes), 0x5151515151515151, id, isCookie: false, Now);
        }
        session!.HandleDatagram(Now, datagram);
    }

    private void Drain()
    {
        Drain(Client, toServer: true, ClientEvents);
        if (Server is not null)
            Drain(Server, toServer: false, ServerEvents);
    }

    private void Drain(Session session, bool toServer, List<SessionEvent> events)
    {
        while (session.TryPollEvent(out SessionEvent? happened))
        {
            events.Add(happened);
            if (happened is not AuthenticationRequested request)
                continue;
            if (IsSilent)
                continue;
            if (Holds)
                session.HoldVerdict(Now, request.KeyId, TimeSpan.FromSeconds(300), "WEB_AUTH::https://sso.example/1");
            else if (Judge(request) is { } refusal)
                session.Reject(Now, request.KeyId, refusal);
            else
                session.Accept(Now, request.KeyId, request.KeyId == 0 ? Push : Token is null ? [] : ["auth-token"], 7, Own,
                    Token is null ? null : new SecretBytes(System.Text.Encoding.UTF8.GetBytes(Token)));
            request.Password.Dispose();
        }
        while (session.TryPollTransmit(Now, _room, out int length))
        {
            Put(toServer, _room[..length]);
        }
        while (session.TryPollEvent(out SessionEvent? late))
            events.Add(late);
    }

    private void Put(bool toServer, byte[] datagram)
    {
        Datagrams++;
        if (_random.NextDouble() < Trouble || !Passes(toServer, datagram))
            return;
        for (int copies = _random.NextDouble() < Trouble ? 2 : 1; copies > 0; copies--)
        {
            int delay = _random.NextDouble() < Trouble ? _random.Next(10, 400) : 10;
            _wire.Add((Now.AddMilliseconds(delay), toServer, [.. datagram]));
        }
    }

    /// <summary>Bytes that repeat from run to run.</summary>
    internal sealed class SeededRandom(int seed) : IRandomSource
    {
        private readonly Random _random = new(seed);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
