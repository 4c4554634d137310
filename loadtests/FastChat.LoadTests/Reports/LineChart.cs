using System.Globalization;
using System.Text;

namespace FastChat.LoadTests.Reports;

/// <summary>A chart of lines over the seconds of a run, as SVG that needs nothing from elsewhere.</summary>
internal static class LineChart
{
    private const int Width = 900, Height = 240, Left = 70, Right = 16, Top = 14, Bottom = 30;
    private const int GridLineCount = 4;

    /// <summary>Colours that differ in lightness too.</summary>
    private static readonly string[] Colours = ["#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df"];

    /// <summary>A chart with its title and legend.</summary>
    /// <param name="title">What is shown, with the unit.</param>
    /// <param name="lines">Each with its points, second and value, ascending.</param>
    public static string Render(string title, params (string Name, IEnumerable<(int Second, double Value)> Points)[] lines)
    {
        (string Name, (int Second, double Value)[] Points)[] drawn = [.. lines.Select(line => (line.Name, line.Points.ToArray()))];
        int lastSecond = Math.Max(1, drawn.SelectMany(line => line.Points).Select(point => point.Second).DefaultIfEmpty().Max());
        double top = RoundUp(drawn.SelectMany(line => line.Points).Select(point => point.Value).DefaultIfEmpty().Max());
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><figcaption>{Html.Escape(title)}");
        for (int i = 0; i < drawn.Length; i++)
            svg.Append(CultureInfo.InvariantCulture, $" <span style=\"color:{Colours[i % Colours.Length]}\">&#9644; {Html.Escape(drawn[i].Name)}</span>");
        svg.Append(CultureInfo.InvariantCulture, $"</figcaption><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Escape(title)}\">");
        AppendGrid(svg, top, lastSecond);
        for (int i = 0; i < drawn.Length; i++) AppendLine(svg, drawn[i].Name, drawn[i].Points, Colours[i % Colours.Length], top, lastSecond);
        return svg.Append("</svg></figure>").ToString();
    }

    /// <summary>The next number above that reads well: 1, 2 or 5 times a power of ten.</summary>
    internal static double RoundUp(double value)
    {
        if (value <= 0) return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (int step in (ReadOnlySpan<int>)[1, 2, 5])
        {
            if (value <= step * power) return step * power;
        }
        return 10 * power;
    }

    private static void AppendGrid(StringBuilder svg, double top, int lastSecond)
    {
        for (int i = 0; i <= GridLineCount; i++)
        {
            double value = top * i / GridLineCount;
            double y = Y(value, top);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Label(value)}</text>");
        }
        int step = (int)Math.Max(1, RoundUp(lastSecond / 10.0));
        for (int second = 0; second <= lastSecond; second += step)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(second, lastSecond):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{second / 60}:{second % 60:00}</text>");
    }

    private static void AppendLine(StringBuilder svg, string name, (int Second, double Value)[] points, string colour, double top, int lastSecond)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" points=\"");
        foreach ((int second, double value) in points)
            svg.Append(CultureInfo.InvariantCulture, $"{X(second, lastSecond):0.#},{Y(value, top):0.#} ");
        svg.Append("\"/>");
        foreach ((int second, double value) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"point\" cx=\"{X(second, lastSecond):0.#}\" cy=\"{Y(value, top):0.#}\" r=\"5\">");
            svg.Append(CultureInfo.InvariantCulture, $"<title>{second / 60}:{second % 60:00} {Html.Escape(name)}: {Label(value)}</title></circle>");
        }
    }

    private static double X(int second, int lastSecond) => Left + ((Width - Left - Right) * (double)second / lastSecond);

    private static double Y(double value, double top) => Height - Bottom - ((Height - Top - Bottom) * value / top);

    private static string Label(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
