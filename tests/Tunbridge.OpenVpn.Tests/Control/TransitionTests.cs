// SPDX-License-Identifier: Apache-2.0
using Tunbridge.OpenVpn.Control;
using Tunbridge.OpenVpn.Tests.Support;
using Tunbridge.OpenVpn.Wire;
using Tunbridge.Tunnels;

namespace Tunbridge.OpenVpn.Tests.Control;

/// <summary>The table of docs/openvpn.md: every phase that a key state can be in, with every event that can come.</summary>
public sealed class TransitionTests
{
    // What each event leads to. "=": the phase stays; "next": a new key state begins and this one becomes the lame duck.
    private static readonly Dictionary<string, Dictionary<string, string>> s_table = new()
    {
        ["client Reset"] = Row(clientReset: "=", serverReset: "Handshake", soft: "=", late: "closed", leave: "closed"),
        ["client Handshake"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed"),
        ["client KeyExchange"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed"),
        ["client Options"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed"),
        ["client Active"] = Row(clientReset: "=", serverReset: "=", soft: "next", late: "=", leave: "closed", tlsFails: "closed", renegotiate: "next"),
        ["server Handshake"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed"),
        ["server KeyExchange"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed"),
        ["server Verify"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "closed", leave: "closed", tlsFails: "closed", accept: "Active", reject: "="),
        ["server Active"] = Row(clientReset: "=", serverReset: "=", soft: "next", late: "=", leave: "closed", tlsFails: "closed", renegotiate: "next"),
        ["client Failed"] = Row(clientReset: "=", serverReset: "=", soft: "=", late: "=", leave: "closed"),
    };

    public static TheoryData<string, string> Cells
    {
        get
        {
            TheoryData<string, string> cells = [];
            foreach ((string state, Dictionary<string, string> row) in s_table)
            {
                foreach (string what in row.Keys)
                    cells.Add(state, what);
            }
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Phase_WithEvent_BecomesWhatTheTableSays(string state, string what)
    {
        using Link link = Reach(state);
        bool isClient = state.StartsWith("client", StringComparison.Ordinal);
        Session session = isClient ? link.Client : link.Server!;
        string before = session.Phase!.Value.ToString();
        Assert.EndsWith(before, state, StringComparison.Ordinal);
        Happen(link, session, isClient, what);
        string expected = s_table[state][what];
        Assert.Equal(expected == "closed", session.IsClosed);
        if (expected == "next")
            Assert.Equal((KeyPhase.Reset, true), (session.Phase == KeyPhase.Handshake ? KeyPhase.Reset : session.Phase, session.Keys.Sealer is not null));
        else if (expected != "closed")
            Assert.Equal(expected == "=" ? before : expected, session.Phase.ToString());
    }

    [Fact]
    public void Table_NamesEveryPhase() => Assert.Equal(
        Enum.GetNames<KeyPhase>().Order(StringComparer.Ordinal), s_table.Keys.Select(k => k.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal));

    private static Link Reach(string state)
    {
        string phase = state.Split(' ')[1];
        bool isClient = state.StartsWith("client", StringComparison.Ordinal);
        // Without the exporter, so that renegotiations have no wrap either; with a long name, so that the key block comes in two datagrams.
        SessionSettings settings = SessionTests.Settings("None") with
        {
            TransitionWindow = TimeSpan.FromSeconds(600),
            AllowKeyExport = false,
            Username = new string('u', 200),
            Ping = TimeSpan.Zero,
        };
        Link link = new(settings) { IsSilent = phase is "Verify" or "Options", Push = [] };
        if (phase == "Failed")
        {
            // A renegotiation that is never answered: the old key goes on.
            link.RunUntil(() => link.Client.IsConnected && link.Server!.IsConnected);
            link.Passes = static (_, datagram) => (datagram[0] & 7) == 0;
            link.Client.Renegotiate(link.Now);
        }
        link.RunUntilJust(() => (isClient ? link.Client : link.Server)?.Phase.ToString() == phase);
        return link;
    }

    private static void Happen(Link link, Session session, bool isClient, string what)
    {
        ulong peer = session.RemoteId == 0 ? 5 : session.RemoteId;
        byte keyId = 1;
        switch (what)
        {
            case "client's reset":
                link.Inject(!isClient, Control(Opcode.HardResetClientV2, 0, peer, [], 0, 0));
                break;
            case "server's reset":
                link.Inject(!isClient, Control(Opcode.HardResetServerV2, 0, peer, [0], session.LocalId, 0));
                break;
            case "soft reset":
                link.Inject(!isClient, Control(Opcode.SoftResetV1, keyId, peer, [], 0, 0));
                break;
            case "wrong soft reset":
                link.Inject(!isClient, Control(Opcode.SoftResetV1, 3, peer, [], 0, 0));
                break;
            case "acknowledgement":
                link.Inject(!isClient, Control(Opcode.AckV1, 0, peer, [60], session.LocalId, null));
                break;
            case "too late":
                link.Passes = static (_, _) => false;
                link.LoseWhatIsUnderWay();
                link.RunFor(TimeSpan.FromSeconds(59));
                session.HandleTimeout(link.Now.AddSeconds(2));
                break;
            case "TLS fails":
                // Records that are none, at every place in the order, so that one of them is the next one.
                byte[] nonsense = [.. Enumerable.Repeat<byte[]>([99, 0, 1, 1], 100).SelectMany(r => r)];
                for (uint id = 1; id < 12 && session.Phase != KeyPhase.Failed && !session.IsClosed; id++)
                    link.Inject(!isClient, Control(Opcode.ControlV1, 0, peer, [], 0, id, nonsense));
                break;
            case "accept":
                Assert.True(session.Accept(link.Now, 0, ["echo 1"], 3));
                break;
            case "reject":
                session.Reject(link.Now, 0, "no");
                break;
            case "accept of another key":
                Assert.False(session.Accept(link.Now, 5, ["echo 1"], 3));
                break;
            case "renegotiate":
                session.Renegotiate(link.Now);
                break;
            default:
                session.Leave(link.Now);
                break;
        }
    }

    private static Dictionary<string, string> Row(string clientReset, string serverReset, string soft, string late, string leave, string? tlsFails = null,
        string accept = "", string reject = "=", string renegotiate = "=")
    {
        Dictionary<string, string> row = new()
        {
            ["client's reset"] = clientReset,
            ["server's reset"] = serverReset,
            ["soft reset"] = soft,
            ["wrong soft reset"] = "=",
            ["acknowledgement"] = "=",
            ["too late"] = late,
            ["reject"] = reject,
            ["accept of another key"] = "=",
            ["renegotiate"] = renegotiate,
            ["leave"] = leave,
        };
        if (accept.Length > 0)
            row["accept"] = accept;
        if (tlsFails is not null)
            row["TLS fails"] = tlsFails;
        return row;
    }

    private static byte[] Control(Opcode opcode, byte keyId, ulong sid, uint[] acks, ulong remote, uint? id, byte[]? payload = null)
    {
        byte[] room = new byte[600];
        byte[] body = new byte[500];
        int length = ControlBody.Write(body, opcode, acks, remote, id ?? 0, payload ?? []);
        using PlainWrap wrap = new();
        ControlPacketId number = new(0);
        return room[..wrap.Wrap(ref number, new PacketHead(opcode, keyId), sid, body.AsSpan(0, length), room)];
    }
}
