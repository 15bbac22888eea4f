// SPDX-License-Identifier: Apache-2.0
using Tunbridge.Linux;

namespace Tunbridge.DropIns;

/// <summary>What a tunctl command line asks for.</summary>
internal sealed class TunctlRequest
{
    // The original keeps ids in ints whose -1 means "not given"; so `-u -1` is the same as no -u at all.
    private const int NotGiven = -1;

    /// <summary>The card's name or template; empty lets the kernel choose.</summary>
    internal string Name { get; private set; } = "";

    internal string ClonePath { get; private set; } = TunControl.ClonePath;

    internal bool Delete { get; private set; }

    internal bool Brief { get; private set; }

    /// <summary>A TUN instead of a TAP (vde's and Fedora's -n).</summary>
    internal bool Tun { get; private set; }

    internal int Owner { get; private set; } = NotGiven;

    internal int Group { get; private set; } = NotGiven;

    internal bool HasOwner => Owner != NotGiven;

    internal bool HasGroup => Group != NotGiven;

    /// <summary>Reads the options; when they are wrong, says why and gives false. The usage text is the caller's.</summary>
    internal bool TryRead(string argv0, ReadOnlySpan<string> args, TextWriter error)
    {
        ShortOptions options = new(args, "bd:f:t:u:g:np");
        while (options.TryNext())
        {
            if (options.Error is not null)
            {
                error.Write($"{argv0}: {options.Error}\n");
                return false;
            }

            if (!TryApply(options.Letter, options.Argument, error))
                return false;
        }

        return options.OperandCount == 0;
    }

    private bool TryApply(char letter, string argument, TextWriter error)
    {
        switch (letter)
        {
            case 'b':
                Brief = true;
                break;
            case 'd' or 't':
                // One variable in the original: the last of -d and -t names the card, and one -d makes it a deletion.
                if (Name.Length > 0 && Name != argument)
                    DropInWarning.Write(error, $"-d and -t share one name: '{argument}' is used, '{Name}' is ignored.");
                Name = argument;
                Delete |= letter == 'd';
                break;
            case 'f':
                ClonePath = argument;
                break;
            case 'n' or 'p':
                Tun = letter == 'n';
                break;
            case 'u':
                return TryReadUser(argument, error);
            case 'g':
                return TryReadGroup(argument, error);
        }

        return true;
    }

    private bool TryReadUser(string argument, TextWriter error)
    {
        if (argument.Length == 0)
            DropInWarning.Write(error, "an empty owner means uid 0.");
        if (UserDatabase.FindUserId(argument) is { } found)
            Owner = unchecked((int)found);
        else if (CNumber.TryParseWhole(argument, 0, out int number))
            Owner = number;
        else
        {
            error.Write($"'{argument}' is neither a username nor a numeric uid.\n");
            return false;
        }

        return true;
    }

    private bool TryReadGroup(string argument, TextWriter error)
    {
        if (argument.Length == 0)
            DropInWarning.Write(error, "an empty group means gid 0.");
        if (UserDatabase.FindGroupId(argument) is { } found)
            Group = unchecked((int)found);
        else if (CNumber.TryParseWhole(argument, 0, out int number))
            Group = number;
        else
        {
            error.Write($"'{argument}' is neither a groupname nor a numeric group.\n");
            return false;
        }

        return true;
    }
}
