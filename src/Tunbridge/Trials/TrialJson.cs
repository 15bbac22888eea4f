// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Tunbridge.Trials;

/// <summary>How a <see cref="TrialRecord"/> is written, without reflection, which the trimmed program does not have.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true,
    Converters = [typeof(TrialConverters.OfAddresses), typeof(TrialConverters.OfNetworks), typeof(TrialConverters.OfHardwareAddresses)])]
[JsonSerializable(typeof(TrialRecord))]
internal sealed partial class TrialJson : JsonSerializerContext;
