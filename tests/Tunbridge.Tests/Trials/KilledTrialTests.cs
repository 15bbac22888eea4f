// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;
using Tunbridge.Tests.Programs;
using Tunbridge.Tests.Service;

namespace Tunbridge.Tests.Trials;

/// <summary>A `try` that is killed takes back what programs did, too: hooks, name servers, DHCP clients.</summary>
public sealed class KilledTrialTests
{
    [Theory]
    [InlineData("guardian", "exit 0")]
    [InlineData("next", "exit 0")]
    [InlineData("next", "exec sleep 1000")]
    public void Try_KilledWithPrograms_TakesThemBack(string who, string lastHook)
    {
        string unpacked = UnpackedTool.PathOf("openresolv");
        RealTool.Require("busybox");
        Assert.SkipUnless(Directory.Exists(unpacked), $"the package openresolv is not unpacked in {unpacked}; ./test fetches it");
        using TestNamespace space = new();

        // The host's own directories, with the package's over them: for this test's mount namespace.
        CommandResult result = ServicePlace.Shell(space, $$"""
            cp -a {{unpacked}}/etc/. /etc/ 2>/dev/null || true
            mount -t overlay -o lowerdir={{unpacked}}/lib:/usr/lib tboverlay /usr/lib
            mount -t overlay -o lowerdir={{unpacked}}/sbin:/usr/sbin tboverlay /usr/sbin
            export PATH=/usr/sbin:/usr/bin
            known() { find /run/resolvconf -name "$1.tunbridge" -type f | xargs -r grep -h nameserver || true; }
            lives() { [ -n "$(tr -d '\0' < /proc/$1/cmdline 2>/dev/null)" ]; }
            hook() { echo "{command: [/bin/sh, -c, 'echo \$TUNBRIDGE_PHASE >> /run/log; $1']}"; }
            file=/etc/tunbridge/tunbridge.yaml
            echo 'devices: {tap1: {kind: tap, dns: {servers: [192.0.2.1]} } }' > $file
            $program up; [ "$(known tap1)" = 'nameserver 192.0.2.1' ]
            cat > $file <<YAML
            devices:
              tap1: {kind: tap, dns: {servers: [192.0.2.2]} }
              tap0:
                kind: tap
                dhcp: {v4: true, client: udhcpc}
                dns: {servers: [192.0.2.53]}
                hooks:
                  pre-up: $(hook 'exit 0')
                  post-up: $(hook '{{lastHook}}')
                  pre-down: $(hook 'exit 0')
                  post-down: $(hook 'exit 0')
            YAML
            $program try --timeout 100 < /dev/null 2> /run/error > /dev/null & pid=$!
            until grep -qx post-up /run/log 2>/dev/null; do lives $pid; sleep 0.05; done
            [ '{{lastHook}}' != 'exit 0' ] || until grep -q 'applied; without' /run/error; do lives $pid; sleep 0.05; done
            [ "$(known tap0)" = 'nameserver 192.0.2.53' ]; [ "$(known tap1)" = 'nameserver 192.0.2.2' ]
            client=$(sed -nE 's/.*"process":"([0-9]+)".*/\1/p' /run/tunbridge/*-tap0-4.dhcp); lives $client
            guardian=; for child in $(cat /proc/$pid/task/*/children); do grep -q guard-try /proc/$child/cmdline && guardian=$child; done
            [ -n "$guardian" ]
            [ {{who}} = guardian ] || kill -9 $guardian
            kill -9 $pid; wait $pid || true
            if [ {{who}} = guardian ]; then
              for i in $(seq 600); do lives $guardian || break; sleep 0.1; done
            else
              echo 'devices: {}' > /run/other.yaml; $program down -f /run/other.yaml 2>> /run/error
            fi
            cat /run/error /run/log
            grep -q 'is taken back' /run/error; ! grep -q 'could be undone' /run/error
            [ "$(tr '\n' ' ' < /run/log)" = 'pre-up post-up pre-down post-down ' ]
            ! ip link show tap0 2>/dev/null
            ! lives $client
            [ -z "$(known tap0)" ]; [ "$(known tap1)" = 'nameserver 192.0.2.1' ]
            [ -z "$(ls -d /run/tunbridge/*.dhcp /run/tunbridge/*tap0* /run/tunbridge/*.steps /run/tunbridge/*.trial /run/tunbridge/*.pending /run/tunbridge/*.lock 2>/dev/null)" ]
            echo 'devices: {tap1: {kind: tap, dns: {servers: [192.0.2.1]} } }' > $file
            [ "$($program up)" = 'nothing to do' ]
            """);

        ServicePlace.AssertDone(result);
    }
}
