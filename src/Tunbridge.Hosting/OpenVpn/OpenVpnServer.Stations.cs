// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Packets;

namespace Tunbridge.Hosting.OpenVpn;

/// <content>
/// <c>learn-address</c> with TAP: the switch learns by itself, and once a second the owner looks at what has come and gone. So a frame passes
/// before its address is judged, and a script is called as often as addresses change, not as often as frames come.
/// </content>
public sealed partial class OpenVpnServer
{
    private static readonly TimeSpan s_stationsEvery = TimeSpan.FromSeconds(1);

    // What scripts have been told; with the client that an address is behind. The owner's.
    private readonly Dictionary<MacAddress, ServerClient> _stations = [];
    private DateTimeOffset? _nextStations;
    private bool _isFollowing;

    private void FollowStations()
    {
        if (_switch is null || _policy.LearnAddress is null)
            return;
        _nextStations = _clock.Now + s_stationsEvery;
        if (_isFollowing)
            return;
        Dictionary<MacAddress, ServerClient> present = [];
        foreach (SwitchedAddress learned in _switch.Snapshot(_clock.Milliseconds))
        {
            if (_peers.TryGetValue(learned.Peer, out ServerClient? client))
                present[learned.Address] = client;
        }
        List<(string Verb, MacAddress Address, ServerClient? Client)> changes = [];
        foreach ((MacAddress address, _) in _stations)
        {
            if (!present.ContainsKey(address))
                changes.Add(("delete", address, null));
        }
        foreach ((MacAddress address, ServerClient client) in present)
        {
            if (!_stations.TryGetValue(address, out ServerClient? before))
                changes.Add(("add", address, client));
            else if (before != client)
                changes.Add(("update", address, client));
        }
        if (changes.Count == 0)
            return;
        _isFollowing = true;
        Judge(TellStationsAsync(changes));
    }

    // One after the other: what is told of one address has an order.
    private async Task<bool> TellStationsAsync(IReadOnlyList<(string Verb, MacAddress Address, ServerClient? Client)> changes)
    {
        try
        {
            foreach ((string verb, MacAddress address, ServerClient? client) in changes)
            {
                string station = StatusText.Station(address);
                if (client is null)
                {
                    _stations.Remove(address);
                    await _mailbox.Resume(_scripts.RunAsync(_policy.LearnAddress!, _environment, [verb, station], _settings.HandWindow, _ending.Token));
                    continue;
                }
                if (client.IsGone)
                    continue;
                ScriptResult result = await _mailbox.Resume(_scripts.RunAsync(_policy.LearnAddress!, client.Environment!,
                    [verb, station, client.CommonName ?? ""], _settings.HandWindow, _ending.Token));
                if (result.IsSuccess)
                {
                    // Also when the client has gone meanwhile: then the next look finds that the address has.
                    _stations[address] = client;
                    Log(client, 3, $"MULTI: Learn: {station} -> {client.Label}");
                    continue;
                }
                Log(client, 1, $"MULTI: learn-address of {station}: {result.Describe()}: its frames are dropped");
                if (client.Peer is { } peer && !client.IsGone && !_switch!.Refuse(peer, address))
                {
                    Log(client, 1, "MULTI: too many addresses were refused: the client is sent away");
                    Remove(client);
                }
            }
            return true;
        }
        finally
        {
            _isFollowing = false;
        }
    }
}
