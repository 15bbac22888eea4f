// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Changes;

/// <summary>When in a plan a step is done; the order makes every step possible and undoable.</summary>
public enum ChangePhase
{
    /// <summary>Cards that must be made anew are taken leave of: pre-down hooks, clients, resolvers.</summary>
    PrepareRoom,

    /// <summary>Further names go, and cards that must be made anew are deleted, before their names are needed.</summary>
    MakeRoom,

    /// <summary>Hooks after the deletion of cards that are made anew.</summary>
    RoomMade,

    /// <summary>Hooks before cards are made or set up.</summary>
    PreUp,

    /// <summary>Bridges and cards are created.</summary>
    Create,

    /// <summary>What was created or adopted is marked as ours, before anything else can fail.</summary>
    Mark,

    /// <summary>Kernel settings of cards, before addresses: with IPv6 switched off there are none.</summary>
    Sysctl,

    /// <summary>Policy rules go, while the tables they look up are still as they were.</summary>
    RemoveRule,

    /// <summary>Routes go, before the addresses that they may need.</summary>
    RemoveRoute,

    /// <summary>Hooks before cards are set down, and what must end while they are up.</summary>
    PrepareDown,

    /// <summary>Cards that are to be down go down, before addresses: going down costs IPv6 ones.</summary>
    Down,

    /// <summary>Queue length, MTU, MAC, further names, the settings of bridges.</summary>
    Tune,

    /// <summary>Bridges are left and joined.</summary>
    Bridge,

    /// <summary>How cards are as ports of their bridges.</summary>
    PortOptions,

    /// <summary>Addresses go, before others come: the same address may change its prefix length.</summary>
    RemoveAddress,

    /// <summary>Addresses come.</summary>
    AddAddress,

    /// <summary>Promiscuous mode, multicast, address resolution.</summary>
    Promiscuous,

    /// <summary>Cards go up.</summary>
    Up,

    /// <summary>Routes come, when cards are up and have their addresses.</summary>
    AddRoute,

    /// <summary>Policy rules come, when the tables that they look up are filled.</summary>
    AddRule,

    /// <summary>Owner and group of existing cards; late, because the kernel cannot take an owner away again.</summary>
    Permit,

    /// <summary>Resolvers are told, and DHCP clients started, when cards are as declared.</summary>
    Serve,

    /// <summary>Hooks before cards are removed, and what must end while they are there.</summary>
    PreDown,

    /// <summary>Cards and bridges go; last, because making them anew is the poorest undoing.</summary>
    Delete,

    /// <summary>Hooks after cards have come; all is verified by then.</summary>
    PostUp,

    /// <summary>Hooks after cards have gone; nothing can fail any more.</summary>
    PostDown,
}
