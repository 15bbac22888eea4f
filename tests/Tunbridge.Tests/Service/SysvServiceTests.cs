// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Service;

/// <summary>The SysV script under the system's own tools, on a private /etc, /var and /run.</summary>
public sealed class SysvServiceTests
{
    private const string Classic = """
        cat > /etc/init.d/config_tap <<'EOF'
        #!/bin/sh
        # chkconfig: 2345 10 90
        start() { tunctl -t tap0 -u root; ifconfig tap0 192.168.0.1 netmask 255.255.255.0 promisc; }
        stop() { ifconfig tap0 down; }
        case "$1" in
            start) start ;; stop) stop ;; restart) stop; start ;; status) ifconfig tap0; exit $? ;;
        esac
        EOF
        chmod 755 /etc/init.d/config_tap
        """;

    [Fact]
    public void Script_UnderService_KeepsTheCodesOfLsb()
    {
        RealTool.Require("service", "ip");
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, """
            $program service install --sysv --name config_tap
            expect 3 service config_tap status
            expect 0 service config_tap start
            expect 0 service config_tap start
            ip -d link show tap0 | grep -q PROMISC
            ip addr show tap0 | grep -q 'inet 192.168.0.1/24 '
            [ -e /var/lock/subsys/config_tap ]
            expect 0 service config_tap status
            ip link set tap0 promisc off
            expect 4 service config_tap status
            expect 0 service config_tap force-reload
            expect 0 service config_tap status
            expect 0 service config_tap restart
            expect 0 service config_tap status
            expect 0 service config_tap stop
            [ ! -e /var/lock/subsys/config_tap ]
            expect 0 service config_tap stop
            expect 3 service config_tap status
            expect 0 service config_tap try-restart
            expect 3 service config_tap status
            expect 2 service config_tap nonsense
            echo 'devices: {tap0: {kind: wrong}}' > /etc/tunbridge/tunbridge.yaml
            expect 6 service config_tap start
            """));
    }

    [Theory]
    [InlineData("sysv")]
    [InlineData("systemd")]
    public void Install_DryRun_SaysWhatTheInstallationThenDoes(string kind)
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            echo '#!/bin/sh' > /etc/init.d/lab
            install() { $program service install --{{kind}} --name lab --program $program "$@"; }
            tree() { find /etc /var /run -type f -exec md5sum {} + ; find /etc /var /run -type l; }
            before=$(tree)
            said=$(install --dry-run 2>&1)
            [ "$(tree)" = "$before" ]
            made=$(install 2>/dev/null)
            [ "$(tree)" != "$before" ]
            [ -n "$(echo "$made" | grep '^written: ')" ]
            for word in 'keep kept' 'write written' 'link linked' 'remove removed'; do
              set -- $word
              [ "$(echo "$said" | sed -n "s/^would $1: //p" | sed 's/ to \S*$//')" = "$(echo "$made" | sed -n "s/^$2: //p")" ]
            done
            [ {{kind}} != sysv ] || ! [ -x /usr/sbin/update-rc.d ] || echo "$said" | grep -qx 'would run: /usr/sbin/update-rc.d lab defaults'
            ! echo "$said" | grep -q 'it starts at the next boot'
            ! install -n | grep '^would write'
            """));
    }

    [Fact]
    public void ClassicScript_ImportedAndReplaced_GivesTheSameCardAndIsPutBack()
    {
        RealTool.Require("service", "ip", "tunctl", "ifconfig");
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            {{Classic}}
            look() { ip -d -o link show tap0 | sed 's/^[0-9]*: //; s/ether [^ ]*//; s/alias [^ ]*.*//' | tr -s ' \\' ' ' | grep -o '<.*>\|tun type.*persist on\|mtu [0-9]*' | tr '\n' ' '; ip -o addr show tap0 | grep -o 'inet 1.*'; }
            before=$(sha256sum /etc/init.d/config_tap)
            service config_tap start
            classic=$(look)
            tunctl -d tap0
            $program import /etc/init.d/config_tap > /etc/tunbridge/imported.yaml
            $program up -f /etc/tunbridge/imported.yaml
            imported=$(look)
            $program down -f /etc/tunbridge/imported.yaml
            $program up
            embedded=$(look)
            $program down
            [ "$classic" = "$imported" ] || { echo "$classic | $imported" >&2; exit 98; }
            [ "$classic" = "$embedded" ] || { echo "$classic | $embedded" >&2; exit 97; }
            $program service install --sysv --name config_tap --levels 345 | grep kept
            grep -q 'chkconfig: 345 10 90' /etc/init.d/config_tap
            expect 0 service config_tap start
            [ "$classic" = "$(look)" ]
            $program service remove --sysv --name config_tap | grep 'put back'
            [ "$before" = "$(sha256sum /etc/init.d/config_tap)" ]
            [ ! -e /etc/tunbridge/replaced ]
            """));
    }

    [Fact]
    public void Install_Twice_IsTheSameAndRemovalLeavesNothing()
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, """
            find /etc | sort > /run/before
            $program service install --sysv --levels 345
            for level in 3 4 5; do ls /etc/rc$level.d | grep -q '^S[0-9]*tunbridge$'; done
            for level in 2; do ! ls /etc/rc$level.d | grep -q '^S'; done
            find /etc -type f -exec sha256sum {} + -o -type l -printf '%p %l\n' | sort > /run/once
            $program service install --sysv --levels 345
            find /etc -type f -exec sha256sum {} + -o -type l -printf '%p %l\n' | sort > /run/twice
            cmp /run/once /run/twice
            $program service install --sysv --levels 2
            ls /etc/rc2.d | grep -q '^S'
            ! ls /etc/rc3.d | grep -q '^S'
            $program service remove --sysv
            $program service remove --sysv
            find /etc | grep -v '/\.depend' | sort > /run/after
            diff /run/before /run/after
            """));
    }

    [Theory]
    [InlineData("update-rc.d", "update-rc.d tunbridge defaults")]
    [InlineData("insserv", "cp /run/insserv.conf /etc; insserv -f tunbridge")]
    public void Script_ForTheDistributionsTool_IsTaken(string tool, string command)
    {
        RealTool.Require(tool);
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            printf '$local_fs\n$remote_fs\n$network\n' | sed 's/$/ +none/' > /run/insserv.conf
            $program service install --sysv --levels 35
            rm -f /etc/rc?.d/*
            {{command}}
            ls /etc/rc3.d /etc/rc5.d | grep -c '^S[0-9]*tunbridge$' | grep -qx 2
            ! ls /etc/rc2.d /etc/rc4.d | grep '^S'
            """));
    }

    [Fact]
    public void Script_ProgramGone_SaysSo()
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, """
            $program service install --sysv --program /nowhere/tunbridge
            expect 5 /etc/init.d/tunbridge start
            expect 0 /etc/init.d/tunbridge stop
            expect 4 /etc/init.d/tunbridge status
            """));
    }

    [Theory]
    [InlineData("--systemd --sysv")]
    [InlineData("--sysv --levels 9")]
    [InlineData("--sysv --levels 33")]
    [InlineData("--systemd --levels 3")]
    [InlineData("--sysv --name a/b")]
    [InlineData("--sysv --name x@")]
    [InlineData("--sysv --program tunbridge")]
    [InlineData("--sysv --program /usr/bin/$'\\n'")]
    public void Install_WrongUsage_IsRefused(string options)
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $"expect 2 $program service install {options}; [ -z \"$(ls /etc/init.d)\" ]"));
    }
}
