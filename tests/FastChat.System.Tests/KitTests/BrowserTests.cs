using FastChat.System.Tests.Kit;
using Microsoft.Playwright;

namespace FastChat.System.Tests.KitTests;

public sealed class BrowserTests
{
    [Fact]
    public async Task The_browser_opens_a_page_and_runs_its_script()
    {
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.NewPersonAsync();
        await page.GotoAsync("data:text/html,<p id=out></p><script>out.textContent=6*7</script>");
        Assert.Equal("42", await page.TextContentAsync("#out"));
    }
}
