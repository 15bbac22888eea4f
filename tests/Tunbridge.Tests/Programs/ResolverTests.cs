// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;
using Tunbridge.Tests.Commands;
using Tunbridge.Tests.Service;

namespace Tunbridge.Tests.Programs;

/// <summary>Name servers: the two real resolvconf programs, a recorded resolvectl, and nobody.</summary>
public sealed class ResolverTests
{
    private const string File = """
        echo 'devices: {tap0: {kind: tap, dns: {servers: [192.0.2.53, "2001:db8::53"], search: [example.org, lab.example.org]}}}' > /etc/tunbridge/tunbridge.yaml
        """;

    [Theory]
    [InlineData("openresolv")]
    [InlineData("resolvconf")]
    public void Resolvconf_TheRealOne_IsToldLooksTheSameAndForgets(string package)
    {
        string unpacked = UnpackedTool.PathOf(package);
        Assert.SkipUnless(Directory.Exists(unpacked), $"the package {package} is not unpacked in {unpacked}; ./test fetches it");
        using TestNamespace space = new();
        // The host's own directories, with the package's over them: for this test's mount namespace.
        CommandResult result = ServicePlace.Shell(space, $$"""
            cp -a {{unpacked}}/etc/. /etc/ 2>/dev/null || true
            [ {{package}} = openresolv ] || mkdir -p /run/resolvconf/interface
            {{File}}
            """ + "\n" + Overlay(unpacked) + """
            export PATH=/usr/sbin:/usr/bin
            $program plan | grep -q '^+   dns: 192.0.2.53 2001:db8::53 search example.org lab.example.org$'
            $program up
            [ "$($program up)" = 'nothing to do' ]
            $program status
            find /run/resolvconf -name 'tap0.tunbridge' -type f | xargs cat > /run/told
            printf 'nameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.org lab.example.org\n' | cmp - /run/told
            resolvconf -d tap0.tunbridge
            expect 1 $program status > /run/status
            grep -q 'dns: declared 192.0.2.53 2001:db8::53 search example.org lab.example.org, found none' /run/status
            $program up; $program status
            sed -i 's/192.0.2.53, //' /etc/tunbridge/tunbridge.yaml
            $program plan | grep -q '^+   dns: 2001:db8::53 search example.org lab.example.org$'
            $program up; $program status
            printf 'devices:\n  tap0:\n    kind: tap\n' > /etc/tunbridge/tunbridge.yaml
            $program up | grep -qx 'have resolvconf forget the name servers of tap0'
            [ -z "$(find /run/resolvconf -name 'tap0.tunbridge')" ]
            [ -z "$(ls /run/tunbridge/*.dns 2>/dev/null)" ]
            """);
        ServicePlace.AssertDone(result);
    }

    [Fact]
    public void Resolvectl_Recorded_GetsTheCommandsAndIsReadBack()
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            mkdir -p /run/systemd/resolve /run/bin
            cat > /run/bin/resolvectl <<'SCRIPT'
            #!/bin/sh
            # Answers in the words of systemd 252; keeps what it is told.
            echo "$*" >> /run/calls
            verb=$1 card=$2; shift 2 2>/dev/null
            case $verb in
              revert) rm -f /run/kept.$card.*;;
              *) if [ $# -gt 0 ]; then echo "$*" > /run/kept.$card.$verb; else echo "Link 3 ($card): $(cat /run/kept.$card.$verb 2>/dev/null)"; fi;;
            esac
            SCRIPT
            chmod +x /run/bin/resolvectl; export PATH=/run/bin:$PATH
            {{File}}
            $program up; $program status
            grep -qx 'dns tap0 192.0.2.53 2001:db8::53' /run/calls
            grep -qx 'domain tap0 example.org lab.example.org' /run/calls
            [ "$($program up)" = 'nothing to do' ]
            $program down; grep -qx 'revert tap0' /run/calls
            printf '#!/bin/sh\necho no bus >&2; exit 1\n' > /run/bin/resolvectl
            expect 1 $program up 2> /run/error
            grep -q 'no bus. Everything is as it was before' /run/error || grep -q 'no bus' /run/error
            ! ip link show tap0 2>/dev/null
            """));
    }

    [Fact]
    public void Nobody_IsThere_IsSaidAndTheCardIsMade()
    {
        using TestNamespace space = new();
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            {{File}}
            ip=$(command -v ip); export PATH=/nonexistent
            $program up 2> /run/error
            while read -r line; do case $line in *'tunbridge.yaml:1:'*'dns of tap0: neither systemd-resolved nor resolvconf is on this host'*) said=1;; esac; done < /run/error
            [ "$said" = 1 ]
            $ip link show tap0
            $program status
            """));
    }

    private static string Overlay(string unpacked) => $"""
        mount -t overlay -o lowerdir={unpacked}/lib:/usr/lib tboverlay /usr/lib
        mount -t overlay -o lowerdir={unpacked}/sbin:/usr/sbin tboverlay /usr/sbin

        """;
}
