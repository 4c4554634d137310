// The echo host: `dotnet run --project tests/FastChat.EchoHost -- --urls http://127.0.0.1:9001`, then point a conformance suite at it.
using FastChat.Codec.WebSockets;
using FastChat.EchoHost;
using FastChat.Gateway.Connections;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Options;
using FastChat.Gateway.Security;
using FastChat.Gateway.Sessions;

// 1. Limits that conformance suites pass through: messages to 16 MiB, 70,000 fragments, no idle limit.
const int MessageBytesMax = 16 * 1024 * 1024;
const int FragmentsMax = 70_000;
SessionLimits limits = new()
{
    Receive = new ReceiveLimits(MessageBytesMax, FragmentsMax),
    HeartbeatInterval = TimeSpan.MaxValue,
    IdleTimeout = TimeSpan.MaxValue,
    FirstMessageTimeout = TimeSpan.MaxValue,
    MessageTimeout = TimeSpan.FromMinutes(10),
    OutboxAgeMax = TimeSpan.FromMinutes(10),
    AnswerBytesMax = MessageBytesMax,
};
