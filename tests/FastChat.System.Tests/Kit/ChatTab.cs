using System.Text.Json;
using Microsoft.Playwright;

namespace FastChat.System.Tests.Kit;

/// <summary>A tab of the page at /chat/, used as a person would; what to select is written at the top of Web/app.js.</summary>
internal sealed class ChatTab : IChatClient
{
    // What is in the log and not on its way to it.
    private const string StoredMessage = ".log:not([hidden]) [data-message]:not([data-state])";

    private ChatTab(IPage page, string name)
    {
        Page = page;
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The page, for what only one test asks of it.</summary>
    public IPage Page { get; }

    /// <summary>Opens the page in a tab of a new person and signs in.</summary>
    public static async Task<ChatTab> OpenAsync(Browser browser, Uri gateway, string name, string room)
    {
        IPage page = await browser.NewPersonAsync();
        ChatTab tab = new(page, name);
        await page.GotoAsync(new Uri(gateway, $"/chat/#{room}").ToString());
        await page.FillAsync("#name", name);
        await page.ClickAsync("#join");
        await page.Locator("#chat").WaitForAsync();
        await tab.UntilOnlineAsync();
        return tab;
    }

    /// <inheritdoc/>
    public async Task SayAsync(string room, string text)
    {
        await Page.FillAsync("#composer", text);
        await Page.PressAsync("#composer", "Enter");
    }

    /// <inheritdoc/>
    public Task UntilSaidAsync(string text) =>
        Page.Locator(StoredMessage, new PageLocatorOptions { Has = Page.GetByText(text, new PageGetByTextOptions { Exact = true }) }).First
            .WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Line>> TranscriptAsync()
    {
        JsonElement rows = await Page.Locator(StoredMessage).EvaluateAllAsync<JsonElement>(
            "rows => rows.map(row => [Number(row.dataset.offset), row.dataset.user, row.querySelector('.text').textContent])");
        return [.. rows.EnumerateArray().Select(row => new Line(row[0].GetInt64(), row[1].GetString()!, row[2].GetString()!))];
    }

    /// <summary>Waits until the page says that it is connected.</summary>
    public Task UntilOnlineAsync() => Page.Locator("#connection[data-state='connected']").WaitForAsync(Attached());

    /// <summary>Waits until the page says that it is not connected.</summary>
    public Task UntilOfflineAsync() => Page.Locator("#connection:not([data-state='connected'])").WaitForAsync(Attached());

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();

    private static LocatorWaitForOptions Attached() => new() { State = WaitForSelectorState.Attached };
}
