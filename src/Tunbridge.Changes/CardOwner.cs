// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Tunbridge.Linux;

namespace Tunbridge.Changes;

/// <summary>Users and groups of cards as text: the name where there is one, else the number.</summary>
public static class CardOwner
{
    /// <summary>A user, such as <c>root</c>, <c>user 1234</c>, or <c>nobody</c> for none.</summary>
    /// <param name="userId">The user, or null.</param>
    public static string DescribeUser(uint? userId) => userId is uint id
        ? UserDatabase.FindUserName(id) ?? string.Create(CultureInfo.InvariantCulture, $"user {id}")
        : "no user";

    /// <summary>A group, such as <c>group kvm</c>, <c>group 1234</c>, or <c>no group</c>.</summary>
    /// <param name="groupId">The group, or null.</param>
    public static string DescribeGroup(uint? groupId) => groupId is uint id
        ? "group " + (UserDatabase.FindGroupName(id) ?? id.ToString(CultureInfo.InvariantCulture))
        : "no group";
}
