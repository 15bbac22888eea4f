// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting.OpenVpn;

/// <summary>How far a client has come, in the steps that management clients and graphical ones know.</summary>
public enum OpenVpnClientState
{
    /// <summary>It begins (CONNECTING).</summary>
    Connecting = 0,

    /// <summary>The server's name is being resolved (RESOLVE).</summary>
    Resolve = 1,

    /// <summary>The TCP connection is being made (TCP_CONNECT).</summary>
    TcpConnect = 2,

    /// <summary>The server's first answer is waited for (WAIT).</summary>
    Wait = 3,

    /// <summary>Handshake and authentication (AUTH).</summary>
    Auth = 4,

    /// <summary>Authentication goes on elsewhere: a browser, a telephone (AUTH_PENDING).</summary>
    AuthPending = 5,

    /// <summary>The server's options are waited for (GET_CONFIG).</summary>
    GetConfig = 6,

    /// <summary>The card gets its addresses (ASSIGN_IP).</summary>
    AssignIp = 7,

    /// <summary>Routes are laid (ADD_ROUTES).</summary>
    AddRoutes = 8,

    /// <summary>All is set up (CONNECTED).</summary>
    Connected = 9,

    /// <summary>The connection is made again (RECONNECTING).</summary>
    Reconnecting = 10,

    /// <summary>It ends (EXITING).</summary>
    Exiting = 11,
}
