// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Hosting;

/// <summary>A receiver that has another descriptor watched by the link's thread, too: <see cref="DatagramLink.Watch"/>.</summary>
internal interface ILinkCompanion
{
    /// <summary>The descriptor can be read, or is in error. Called by the thread that runs the link, between two receives.</summary>
    void OnReady();
}
