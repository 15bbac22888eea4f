// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.DropIns.Openvpn;

/// <summary>What --help prints.</summary>
internal static class HelpText
{
    /// <returns>1, as openvpn has it.</returns>
    internal static int Write(TextWriter output)
    {
        output.Write($"{VersionLines.Lines.First()}\n");
        output.Write(
            """

            Usage: openvpn FILE
                   openvpn --option value … [--config FILE]

            Every directive of a configuration file is an option too, with -- before it; what comes later wins.

            Running:
              --config FILE             read directives from FILE, or from standard input: stdin
              --cd DIR                  change to DIR before what comes after it is read
              --daemon [NAME]           go into the background; lines go to syslog as NAME, unless --log says where
              --log FILE, --log-append FILE, --syslog [NAME]
              --writepid FILE           write the process's number
              --status FILE [SECONDS]   write the state, --status-version 1, 2 or 3
              --user USER, --group GROUP  run as them; CAP_NET_ADMIN is kept
              --verb N, --mute N        how much is said: 0 to 11, 3 is usual
              --suppress-timestamps, --machine-readable-output
              --nice N

            Keys:
              --genkey secret FILE      for --tls-auth and --tls-crypt (also: tls-auth, tls-crypt)
              --genkey tls-crypt-v2-server FILE
              --tls-crypt-v2 SERVERKEY --genkey tls-crypt-v2-client FILE [METADATA]
              --genkey auth-token FILE
              --genkey auth-user NAME   a line for --auth-user-pass-file; the password from terminal or standard input

            Cards:
              --mktun --dev tunN|tapN [--dev-type tun|tap] [--user USER] [--group GROUP]
              --rmtun --dev tunN|tapN [--dev-type tun|tap]

            Telling:
              --version, --show-ciphers, --show-digests, --show-tls

            SIGHUP reads the files again, SIGUSR1 connects again, SIGUSR2 tells the state, SIGTERM and SIGINT end it.
            Which directives are applied, ignored or refused: tunbridge's docs/openvpn-program.md.

            """);
        return ExitCode.Failed;
    }
}
