// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Tunbridge.OpenVpn.Settings;

/// <content>A server's clients.</content>
public sealed partial class TunnelConfigurationBuilder
{
    // A TUN network with room for a client; facts of the reference: at most /29.
    private const int LongestTunPrefix = 29;
    private const int LongestTapPrefix = 30;
    private const int ShortestPrefix = 16;
    private const int MaximumClients = 0xfffffe;

    private TokenDirectives? _tokens;
    private KeyMaterial? _tokenKey;

    private TokenDirectives? Tokens() => _tokens is null ? null : _tokens with { Key = _tokenKey };

    private bool ApplyServer(Directive d)
    {
        ServerDirectives server = _made.Server;
        ServerDirectives? changed = d.Name switch
        {
            "server" => WithNetwork(d, server),
            "server-ipv6" => server with { NetworkV6 = NetworkV6(d, 64, 124) },
            "server-bridge" => server with { HasClients = true, Bridge = Bridge(d) },
            "mode" => server with { HasClients = Mode(d) },
            "ifconfig-pool" => server with { Pool = Range(d, 0) },
            "ifconfig-ipv6-pool" => server with { PoolV6 = PoolV6(d) },
            "ifconfig-pool-persist" => server with { PoolFile = d.Parameters[0], PoolFileInterval = TimeSpan.FromSeconds(Number(d, 1, 0, int.MaxValue, 600)) },
            "client-config-dir" => server with { ClientDirectory = d.Parameters[0] },
            "ccd-exclusive" => server with { RequiresClientFile = true },
            "max-clients" => server with { MaximumClients = Number(d, 0, 1, MaximumClients, 1024) },
            "duplicate-cn" => server with { AllowsDuplicateNames = true },
            "client-to-client" => server with { ClientToClient = true },
            "username-as-common-name" => server with { UsesUsernameAsName = true },
            "auth-user-pass-optional" => server with { PasswordIsOptional = true },
            "auth-user-pass-file" => server with { PasswordFile = d.ToMaterial() },
            "single-session" => server with { IsSingleSession = true },
            "connect-freq" => server with { NewClients = Rate(d) },
            "connect-freq-initial" => server with { FirstPackets = Rate(d) },
            "max-routes-per-client" => server with { MaximumRoutesPerClient = Number(d, 0, 1, int.MaxValue, 256) },
            "tcp-queue-limit" => server with { StreamQueueLength = Number(d, 0, 1, 65536, 64) },
            "push" or "auth-gen-token" or "auth-gen-token-secret" => server,
            _ => null,
        };
        _made = _made with { Server = changed ?? server, IsServer = _made.IsServer || changed?.HasClients == true };
        if (d.Name == "push")
            ApplyPush(d);
        else if (d.Name == "auth-gen-token-secret")
            _tokenKey = d.ToMaterial();
        else if (d.Name == "auth-gen-token")
            ApplyTokens(d);
        return changed is not null;
    }

    private void ApplyPush(Directive d)
    {
        string option = d.Parameters.Count == 1 ? d.Parameters[0] : OptionText.Join(d.Parameters[0], [.. d.Parameters.Skip(1)]);
        if (OptionText.Problem(option) is { } problem)
            Error(d, $"push: {problem}");
        else
            _push.Add(option);
    }

    // auth-gen-token [lifetime] [renewal] [external-auth]
    private void ApplyTokens(Directive d)
    {
        bool isExternal = d.Parameters.Count > 0 && d.Parameters[^1] == "external-auth";
        int numbers = d.Parameters.Count - (isExternal ? 1 : 0);
        _tokens = new()
        {
            Lifetime = numbers > 0 ? Seconds(d) : TimeSpan.Zero,
            Renewal = numbers > 1 ? TimeSpan.FromSeconds(Number(d, 1, 1, int.MaxValue, 3600)) : null,
            IsExternal = isExternal,
        };
    }

    private ServerDirectives WithNetwork(Directive d, ServerDirectives server)
    {
        server = server with { HasClients = true, HasNoPool = d.At(2) == "nopool" };
        if (d.At(2) is { } flag && flag != "nopool")
            Error(d, $"server: '{flag}' is not nopool");
        int longest = _made.IsTap ? LongestTapPrefix : LongestTunPrefix;
        if (!NetworkText.TryV4(d.Parameters[0], out IPAddress address))
            Error(d, $"server: '{d.Parameters[0]}' is no IPv4 address");
        else if (!NetworkText.TryMask(d.Parameters[1], out int bits) || bits < ShortestPrefix || bits > longest)
            Error(d, $"server: '{d.Parameters[1]}' is no mask of {ShortestPrefix} to {longest} bits");
        else if (!NetworkText.NetworkOf(address, bits).BaseAddress.Equals(address))
            Error(d, $"server: directive network/netmask combination is invalid; the network is {NetworkText.NetworkOf(address, bits).BaseAddress}");
        else
            return server with { Network = new IPNetwork(address, bits) };
        return server;
    }

    private IPNetwork? NetworkV6(Directive d, int least, int most)
    {
        if (!NetworkText.TryPrefixV6(d.Parameters[0], needsBits: true, out IPAddress address, out int bits) || bits < least || bits > most)
            Error(d, $"{d.Name}: '{d.Parameters[0]}' is no IPv6 network of {least} to {most} bits, such as fd00:8::/64");
        else if (!NetworkText.NetworkOf(address, bits).BaseAddress.Equals(address))
            Error(d, $"{d.Name}: '{d.Parameters[0]}' has bits behind its prefix; the network is {NetworkText.NetworkOf(address, bits)}");
        else
            return new IPNetwork(address, bits);
        return null;
    }

    private InterfaceAddress? PoolV6(Directive d)
    {
        if (NetworkText.TryPrefixV6(d.Parameters[0], needsBits: true, out IPAddress address, out int bits) && bits is >= 64 and <= 124)
            return new() { Address = address, PrefixLength = bits };
        Error(d, $"{d.Name}: '{d.Parameters[0]}' is no IPv6 address with 64 to 124 bits");
        return null;
    }

    private ServerBridge? Bridge(Directive d)
    {
        switch (d.Parameters.Count)
        {
            case 0:
                return new();
            case 1 when d.Parameters[0] == "nogw":
                return new() { PushesNoGateway = true };
            case 4 when NetworkText.TryV4(d.Parameters[0], out IPAddress gateway):
                AddressRange? range = Range(d, 2);
                return range is null ? null : new() { Gateway = gateway, Range = range with { Mask = Mask(d, 1) } };
            default:
                Error(d, "server-bridge wants nothing, nogw, or GATEWAY MASK FIRST LAST");
                return null;
        }
    }

    private AddressRange? Range(Directive d, int index)
    {
        if (!NetworkText.TryV4(d.At(index), out IPAddress first) || !NetworkText.TryV4(d.At(index + 1), out IPAddress last))
        {
            Error(d, $"{d.Name}: '{d.At(index)}' to '{d.At(index + 1)}' are not two IPv4 addresses");
            return null;
        }
        NetworkText.TryNumber(first, out uint from);
        NetworkText.TryNumber(last, out uint to);
        if (from > to || to - from >= Tunbridge.OpenVpn.Server.AddressPool.MaximumSize)
        {
            Error(d, $"{d.Name}: {first} to {last} is no range of 1 to {Tunbridge.OpenVpn.Server.AddressPool.MaximumSize} addresses");
            return null;
        }
        return new() { First = first, Last = last, Mask = d.Name == "ifconfig-pool" && d.At(2) is not null ? Mask(d, 2) : null };
    }

    private IPAddress? Mask(Directive d, int index)
    {
        if (NetworkText.TryMask(d.At(index), out int bits))
            return NetworkText.FromNumber(NetworkText.Mask(bits));
        Error(d, $"{d.Name}: '{d.At(index)}' is no mask, such as 255.255.255.0");
        return null;
    }

    private bool Mode(Directive d)
    {
        if (d.Parameters[0] is not ("server" or "p2p"))
            Error(d, $"mode: '{d.Parameters[0]}' is neither server nor p2p");
        return d.Parameters[0] == "server" || _made.Server.HasClients;
    }

    private RateLimit Rate(Directive d) => new()
    {
        Count = Number(d, 0, 1, int.MaxValue, 100),
        Interval = TimeSpan.FromSeconds(Number(d, 1, 1, int.MaxValue, 10)),
    };
}
