// SPDX-License-Identifier: Apache-2.0
namespace Tunbridge.Devices;

/// <summary>What has to be done, last first, to be where one was before.</summary>
internal sealed class UndoStack
{
    private readonly Stack<Action> _steps = [];

    /// <summary>Adds the way back of a step that has been taken.</summary>
    /// <param name="step">It should not throw; when it does, the other steps are still run.</param>
    internal void Push(Action step) => _steps.Push(step);

    internal void Run()
    {
        while (_steps.TryPop(out Action? step))
        {
            try
            {
                step();
            }
            catch (IOException)
            {
                // The error that made us turn back is the one to report; a way back that is closed changes nothing in
                // it.
                continue;
            }
        }
    }
}
