using Microsoft.Playwright;

namespace FastChat.System.Tests.Kit;

/// <summary>The machine's Chromium, headless, driven by Playwright, whose driver comes with its package; no browser is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts one; the test is skipped where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        string chromium = Tools.Chromium();
        IPlaywright playwright = await Playwright.CreateAsync().Within(Patience.Process, "Playwright's driver");
        try
        {
            IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = chromium,
                Headless = true,
                Timeout = (float)Patience.Process.TotalMilliseconds,
                // No sandbox: containers forbid it, and it opens only our own pages. The rest keeps it from calling home.
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                ],
            });
            return new Browser(playwright, browser);
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>A tab of its own person: nothing stored is shared with other tabs.</summary>
    public async Task<IPage> NewPersonAsync()
    {
        IBrowserContext person = await _browser.NewContextAsync();
        person.SetDefaultTimeout((float)Patience.Answer.TotalMilliseconds);
        return await person.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
