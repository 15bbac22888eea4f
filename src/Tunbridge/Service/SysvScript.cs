// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Service;

/// <summary>The text of the SysV script: LSB and chkconfig headers, LSB actions and codes.</summary>
internal static class SysvScript
{
    internal static string Text(ServiceRequest request)
    {
        string start = string.Join(' ', request.Levels.Order());
        string stop = string.Join(' ', "0123456".Except(request.Levels));
        string arguments = (request.File is string file ? $"-f {Quote(file)}" : "") +
            (request.Instance is string instance ? $" --name {instance}" : "");
        return $$"""
            #!/bin/sh
            # {{InstalledFiles.Mark}} service install --sysv`, do not edit: install again.
            # chkconfig: {{string.Concat(request.Levels.Order())}} 10 90
            # description: Virtual network cards of {{request.FileText}}
            ### BEGIN INIT INFO
            # Provides:          {{request.Name}}
            # Required-Start:    $local_fs $remote_fs
            # Required-Stop:     $local_fs $remote_fs
            # Should-Start:      $network
            # Should-Stop:       $network
            # Default-Start:     {{start}}
            # Default-Stop:      {{stop}}
            # Short-Description: Virtual network cards (TUN and TAP)
            # Description:       Makes the cards that {{request.FileText}} declares.
            ### END INIT INFO

            name={{request.Name}}
            program={{Quote(request.Program)}}
            lock=/var/lock/subsys/$name

            run() {
                verb=$1
                shift
                "$program" "$verb" {{arguments.Trim()}} "$@"
            }

            # Where the package is gone and this script is left: nothing to stop, nothing to start (LSB: not installed).
            if [ ! -x "$program" ]; then
                case "$1" in
                    stop) exit 0 ;;
                    status) exit 4 ;;
                    *) echo "$name: $program is not installed" >&2; exit 5 ;;
                esac
            fi

            # On Debian with systemd, this hands the call over to systemctl.
            [ -r /lib/lsb/init-functions ] && . /lib/lsb/init-functions

            start() {
                if [ -x /sbin/modprobe ] && [ ! -e /dev/net/tun ]; then
                    /sbin/modprobe tun 2>/dev/null
                fi
                run up || return
                # chkconfig's stop links only run where this file is.
                if [ -d /var/lock/subsys ]; then touch "$lock"; fi
            }

            stop() {
                run down || return
                rm -f "$lock"
            }

            case "$1" in
                start) start ;;
                stop) stop ;;
                restart) stop && start ;;
                # Makes the cards as the file says without taking them away.
                reload|force-reload) start ;;
                try-restart|condrestart)
                    run status >/dev/null 2>&1
                    case $? in
                        3) exit 0 ;;
                        *) stop && start ;;
                    esac
                    ;;
                status)
                    run status
                    # LSB: 0 running, 3 not running, 4 unknown: here, some cards are missing or different.
                    case $? in
                        0) exit 0 ;;
                        3) exit 3 ;;
                        *) exit 4 ;;
                    esac
                    ;;
                *)
                    echo "Usage: $0 {start|stop|restart|reload|force-reload|try-restart|status}" >&2
                    exit 2
                    ;;
            esac

            """;
    }

    private static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+')
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
