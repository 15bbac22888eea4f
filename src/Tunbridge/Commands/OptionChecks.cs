// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Tunbridge.Commands;

/// <summary>What an option's value must not be.</summary>
internal static class OptionChecks
{
    /// <summary>Refuses '' for an option, which a script's unset variable gives.</summary>
    internal static Option<string?> NotEmpty(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }, ..])
                result.AddError($"{option.Name} takes {option.HelpName}, not '' ({option.Description})");
        });
        return option;
    }
}
