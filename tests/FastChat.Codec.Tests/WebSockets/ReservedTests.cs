namespace FastChat.Codec.Tests.WebSockets;

/// <summary>Reserved bits and opcodes, and masks (what Autobahn's sections 3 and 4 check).</summary>
public sealed class ReservedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Reserved_bits_are_refused_after_what_came_before_and_with_nothing_after(int reserved)
    {
        foreach (byte opcode in new[] { Wire.Text, Wire.Binary, Wire.Close, Wire.Ping, Wire.Pong })
        {
            Talk.Means("text 61 | fail ProtocolError", Wire.Frame(Wire.Text, "a"), Wire.Frame(opcode, "", reserved: reserved), Wire.Frame(Wire.Ping, ""));
        }
        Talk.Means("fail ProtocolError", Wire.Frame(Wire.Text, "a", isFinal: false), Wire.Frame(Wire.Continuation, "b", reserved: reserved));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public void Reserved_opcodes_are_refused_with_and_without_payload(byte opcode)
    {
        Talk.Means("text 61 | fail ProtocolError", Wire.Frame(Wire.Text, "a"), Wire.Frame(opcode, ""), Wire.Frame(Wire.Ping, ""));
        Talk.Means("text 61 | fail ProtocolError", Wire.Frame(Wire.Text, "a"), Wire.Frame(opcode, "reserved"), Wire.Frame(Wire.Ping, ""));
    }

    [Theory]
    [InlineData(Wire.Text)]
    [InlineData(Wire.Binary)]
    [InlineData(Wire.Close)]
    [InlineData(Wire.Ping)]
    [InlineData(Wire.Pong)]
    public void An_unmasked_frame_of_a_client_is_refused(byte opcode) =>
        Talk.Means("text 61 | fail ProtocolError", Wire.Frame(Wire.Text, "a"), Wire.Frame(opcode, "", isMasked: false), Wire.Frame(Wire.Ping, ""));

    [Theory]
    [InlineData(Wire.Close)]
    [InlineData(Wire.Ping)]
    [InlineData(Wire.Pong)]
    public void A_fragmented_control_frame_is_refused(byte opcode) =>
        Talk.Means("fail ProtocolError", Wire.Frame(opcode, "", isFinal: false), Wire.Frame(Wire.Continuation, ""));

    [Theory]
    [InlineData("82FE007D")] // 125 bytes, claimed in 16 bits
    [InlineData("82FF000000000000007D")] // 125 bytes, claimed in 64 bits
    [InlineData("82FF000000000000FFFF")] // 65,535 bytes, claimed in 64 bits
    public void A_length_in_a_longer_form_than_it_needs_is_refused(string hex) => Talk.Means("fail ProtocolError", Convert.FromHexString(hex));
}
