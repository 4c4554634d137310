namespace FastChat.Fanout.Presence;

/// <summary>Who somebody is, whatever their name: 64 random bits for a guest. 0 is the gateway itself (<c>system</c>).</summary>
internal readonly record struct PersonId(long Value);
