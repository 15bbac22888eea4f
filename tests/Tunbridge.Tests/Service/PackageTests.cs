// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Testing;

namespace Tunbridge.Tests.Service;

/// <summary>packaging/build-deb: the same bytes twice, a tree that works, and nothing after a purge.</summary>
public sealed class PackageTests
{
    [Fact]
    public void Package_BuiltInstalledAndPurged_IsReproducibleAndLeavesNothing()
    {
        RealTool.Require("dpkg", "dpkg-deb", "unshare");
        string script = Path.Combine(Root(), "packaging", "build-deb");
        using TestNamespace space = new();
        // The built program stands in for the published one: what is packed around it is what counts here.
        ServicePlace.AssertDone(ServicePlace.Shell(space, $$"""
            mkdir /var/tmp; cd /var/tmp
            printf '#!/bin/sh\nexec %s "$@"\n' "$program" > stand-in; chmod 755 stand-in
            export TUNBRIDGE_PROGRAM=$PWD/stand-in SOURCE_DATE_EPOCH=1700000000
            first=$('{{script}}' one); second=$('{{script}}' two)
            cmp "$first" "$second"
            mkdir -p tree/var/lib/dpkg/info tree/var/lib/dpkg/updates tree/var/lib/dpkg/triggers tree/etc/systemd/system/multi-user.target.wants tree/etc/modules-load.d tree/etc/rc{0,1,2,3,4,5,6}.d
            touch tree/var/lib/dpkg/status tree/var/lib/dpkg/available
            find tree | grep -v /var/lib/dpkg | sort > before
            apply() { dpkg --root="$PWD/tree" --force-script-chrootless --force-depends --force-not-root --log=/dev/null "$@"; }
            apply --install "$first"
            # Nothing is enabled, nothing starts, and the file declares no card.
            [ -z "$(ls tree/etc/systemd/system/multi-user.target.wants tree/etc/rc3.d | grep tunbridge)" ]
            grep -qx 'ExecStart=/usr/bin/tunbridge serve' tree/usr/lib/systemd/system/tunbridge.service
            grep -q 'program=/usr/bin/tunbridge' tree/etc/init.d/tunbridge
            sh -n tree/etc/init.d/tunbridge
            ! grep -r -e /var/tmp -e /tmp/tmp tree/usr/lib tree/etc tree/usr/share
            tree/usr/bin/tunbridge status -f tree/etc/tunbridge/tunbridge.yaml || [ $? = 3 ]
            # What an administrator enables afterwards goes, too.
            ln -s /usr/lib/systemd/system/tunbridge.service tree/etc/systemd/system/multi-user.target.wants/
            ln -s ../init.d/tunbridge tree/etc/rc3.d/S10tunbridge
            tree/usr/bin/tunbridge service install --systemd --name lab --program /usr/bin/tunbridge --root "$PWD/tree" -f tree/etc/tunbridge/tunbridge.yaml
            tree/usr/bin/tunbridge service install --sysv --name old --program /usr/bin/tunbridge --root "$PWD/tree" -f tree/etc/tunbridge/tunbridge.yaml
            [ -e tree/etc/systemd/system/lab.service ]; [ -e tree/etc/init.d/old ]
            apply --purge tunbridge
            find tree | grep -v /var/lib/dpkg | sort > after
            diff before after
            """));
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Tunbridge.slnx")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the tests run outside the checkout");
        return directory;
    }
}
