using FastChat.Fanout.Loops;
using FastChat.Fanout.Rooms;

namespace FastChat.Fanout.Presence;

/// <summary>Waits for somebody lost abruptly to come back to a room.</summary>
internal sealed class PresenceGrace(Room room, Person person, int absence, Loop loop) : TimerNode
{
    protected internal override void OnTimer() => room.EndGrace(person, absence, loop);
}
