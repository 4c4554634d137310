using FastChat.System.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FastChat.System.Tests.KitTests;

public sealed class NginxProcessTests
{
    [Fact]
    public async Task Nginx_keeps_its_connection_to_the_upstream_alive()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using WebApplication upstream = builder.Build();
        upstream.Run(context => context.Response.WriteAsync(context.Connection.Id));
        await upstream.StartAsync(TestContext.Current.CancellationToken);
        await using TcpRelay relay = new(new Uri(upstream.Urls.Single()));
        await using NginxProcess nginx = await NginxProcess.StartAsync(relay.Address);
        using HttpClient client = new();

        string first = await client.GetStringAsync(nginx.Address, TestContext.Current.CancellationToken);
        string second = await client.GetStringAsync(nginx.Address, TestContext.Current.CancellationToken);

        Assert.Equal(first, second);
        Assert.Equal(1, relay.ConnectionCount);
    }
}
