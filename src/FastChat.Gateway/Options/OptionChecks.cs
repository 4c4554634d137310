using System.Buffers;
using FastChat.Gateway.Hosting;
using FastChat.Gateway.Security;
using FastChat.Gateway.Transport;

namespace FastChat.Gateway.Options;

/// <summary>What a range cannot say: options that must fit each other, and texts with a form of their own.</summary>
internal static class OptionChecks
{
    private static readonly SearchValues<char> s_matchChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-*@");

    /// <summary>Adds a line to <paramref name="problems"/> for each rule that is broken.</summary>
    public static void Check(GatewayOptions options, List<string> problems)
    {
        ListenAddress.Resolve(options.Listen, problems);
        if (options.Listen.Host == ConnectionHost.Epoll && !EpollHost.IsSupported) problems.Add("Listen:Host is epoll; that needs Linux, auto or pipe run here");
        OriginPattern.ParseAll(options.Origins.Allowed, problems);
        TrustedProxies.ParseAll(options.Proxies.Trusted, problems);
        CheckLimits(options.Limits, problems);
        CheckPolicies(options.Rooms.Policies, problems);
        if (options.Data.Folder.Length == 0) problems.Add("Data:Folder is empty; it must be a path");
    }

    private static void CheckLimits(LimitsOptions limits, List<string> problems)
    {
        if (limits.IdleTimeout <= limits.HeartbeatInterval)
            problems.Add($"Limits:IdleTimeout is {OptionText.Format(limits.IdleTimeout)}; it must be longer than Limits:HeartbeatInterval, {OptionText.Format(limits.HeartbeatInterval)}");
        AtLeast("Limits:OutboxBytesMax", limits.OutboxBytesMax, "Limits:MessageBytesMax", limits.MessageBytesMax, problems);
        AtLeast("Limits:UnansweredPublishBytes", limits.UnansweredPublishBytes, "Limits:MessageBytesMax", limits.MessageBytesMax, problems);
        AtLeast("Limits:GuestPublishBurst", limits.GuestPublishBurst, "Limits:GuestPublishRate", limits.GuestPublishRate, problems);
        AtLeast("Limits:AccountPublishBurst", limits.AccountPublishBurst, "Limits:AccountPublishRate", limits.AccountPublishRate, problems);
        AtLeast("Limits:CommandBurst", limits.CommandBurst, "Limits:CommandRate", limits.CommandRate, problems);
    }

    private static void AtLeast(string key, int value, string otherKey, int other, List<string> problems)
    {
        if (value < other) problems.Add($"{key} is {OptionText.Format(value)}; it must be at least {otherKey}, {OptionText.Format(other)}");
    }

    private static void CheckPolicies(List<RoomPolicyOptions> policies, List<string> problems)
    {
        for (int i = 0; i < policies.Count; i++)
        {
            string match = policies[i].Match;
            if (match.Length is < 1 or > 64 || match.AsSpan().ContainsAnyExcept(s_matchChars))
                problems.Add($"Rooms:Policies:{i}:Match is \"{match}\"; it must be 1 to 64 of A-Z a-z 0-9 . _ ~ : - @ and * for any run of them");
        }
    }
}
