using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace FastChat.Gateway.Rest;

/// <summary>One file of the page or of the client script.</summary>
/// <param name="Bytes">What is served.</param>
/// <param name="ContentType">With its charset.</param>
/// <param name="ETag">Changes with the bytes; quoted.</param>
internal sealed record WebAsset(byte[] Bytes, string ContentType, string ETag);

/// <summary>The page and the client script, built into the gateway, so that they are there from any current folder. Immutable.</summary>
internal sealed class WebAssets
{
    private const string ResourcePrefix = "assets/";

    private static readonly FrozenDictionary<string, string> s_contentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, WebAsset> _assets;

    /// <param name="files">Paths such as <c>chat/index.html</c>, and what lies there.</param>
    public WebAssets(IEnumerable<KeyValuePair<string, byte[]>> files) =>
        _assets = files.ToFrozenDictionary(file => file.Key, file => Describe(file.Key, file.Value), StringComparer.Ordinal);

    /// <summary>What the build put into this program: <c>Web/</c> as <c>chat/</c>, <c>clients/js/</c> as <c>client/</c>.</summary>
    public static WebAssets Embedded()
    {
        Assembly program = typeof(WebAssets).Assembly;
        return new WebAssets(program.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => KeyValuePair.Create(name[ResourcePrefix.Length..].Replace('\\', '/'), Read(program, name))));
    }

    /// <summary>The file at a path, compared with case; null when there is none.</summary>
    public WebAsset? Find(string path) => _assets.GetValueOrDefault(path);

    private static byte[] Read(Assembly program, string name)
    {
        using Stream stream = program.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static WebAsset Describe(string path, byte[] bytes)
    {
        string contentType = s_contentTypes.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
        return new WebAsset(bytes, contentType, $"\"{hash}\"");
    }
}
