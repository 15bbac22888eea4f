// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.OpenVpn.Control;

/// <summary>Something that the owner of a session has to know or do.</summary>
public abstract record SessionEvent;
