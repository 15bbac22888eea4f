// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Tunbridge.Crypto;
using Tunbridge.Testing;

namespace Tunbridge.Tests.Doctor;

public sealed class EncryptionCheckTests
{
    [Fact]
    public void Switch_LeavesIpsecMbOut_AndDoctorSaysSo()
    {
        using TestNamespace space = new();
        CommandResult result = space.Exec("env", $"{CryptoProviders.SwitchVariable}=1", DoctorRun.Program, "doctor", "--json");
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement check = document.RootElement.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("id").GetString() == "encryption");
        Assert.Equal($"{CryptoProviders.SwitchVariable}=1 in the environment", check.GetProperty("evidence").GetProperty("ipsec-mb").GetString());
        Assert.Contains("all by OpenSSL", check.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }
}
