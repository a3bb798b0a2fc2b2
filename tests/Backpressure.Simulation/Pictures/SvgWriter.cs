using System.Globalization;
using System.Net;
using System.Text;

namespace Backpressure.Simulation.Pictures;

/// <summary>Writes charts, one below the other, as SVG. The same charts give the same text.</summary>
internal static class SvgWriter
{
    private const double Width = 760;
    private const double Height = 150;
    private const double Left = 72;
    private const double Right = 16;
    private const double Above = 56; // the title of the picture, and whose curve is whose
    private const double Gap = 58;
    private static readonly string[] Colours = ["#0b62a4", "#d1495b", "#2e8b57", "#e08e0b", "#7b4fa3", "#00868b", "#8c564b", "#666666"];

    public static string Write(string title, Chart[] charts)
    {
        string[] names = [.. charts.SelectMany(chart => chart.Lines).Select(line => line.Name).Distinct()];
        StringBuilder text = new();
        double height = Above + (charts.Length * (Height + Gap));
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width + Left + Right:0} {height:0}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        text.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        AppendText(text, Left, 20, title, "font-size=\"15\" font-weight=\"bold\"");
        double at = Left;
        for (int i = 0; i < names.Length; i++)
        {
            AppendText(text, at, 38, names[i], $"fill=\"{Colour(i)}\" font-weight=\"bold\"");
            at += 18 + (7.2 * names[i].Length);
        }

        for (int i = 0; i < charts.Length; i++)
        {
            Append(text, charts[i], names, Above + 8 + (i * (Height + Gap)));
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder text, Chart chart, string[] names, double top)
    {
        Axis across = new(chart.Lines.SelectMany(line => line.X), isLogarithmic: false);
        Axis up = new(chart.Lines.SelectMany(line => line.Y), chart.IsLogarithmic);
        double XOf(double value) => Left + (Width * across.PlaceOf(value));
        double YOf(double value) => top + (Height * (1 - up.PlaceOf(value)));
        AppendText(text, Left, top - 6, chart.Title, "fill=\"#333\"");
        text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{top:0.#}\" width=\"{Width}\" height=\"{Height}\" fill=\"none\" stroke=\"#999\"/>\n");
        foreach (double mark in up.Marks())
        {
            text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {YOf(mark):0.#}h{Width}\" stroke=\"#e4e4e4\"/>\n");
            AppendText(text, Left - 6, YOf(mark) + 4, Axis.Text(mark), "text-anchor=\"end\" fill=\"#333\"");
        }

        foreach (double mark in across.Marks())
        {
            AppendText(text, XOf(mark), top + Height + 15, Axis.Text(mark), "text-anchor=\"middle\" fill=\"#333\"");
        }

        AppendText(text, Left + Width, top + Height + 30, chart.Across, "text-anchor=\"end\" fill=\"#333\"");
        foreach (Line line in chart.Lines)
        {
            string path = PathOf(line, XOf, YOf);
            text.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{Colour(Array.IndexOf(names, line.Name))}\" stroke-width=\"1.4\"{(line.IsDashed ? " stroke-dasharray=\"5 4\"" : "")}/>\n");
        }
    }

    private static string PathOf(Line line, Func<double, double> xOf, Func<double, double> yOf)
    {
        StringBuilder path = new();
        bool isDrawing = false;
        for (int i = 0; i < line.X.Length; i++)
        {
            double y = yOf(line.Y[i]);
            if (!double.IsFinite(y))
            {
                isDrawing = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{xOf(line.X[i]):0.#} {y:0.#}");
            isDrawing = true;
        }

        return path.ToString();
    }

    private static void AppendText(StringBuilder text, double x, double y, string words, string attributes) =>
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" {attributes}>{WebUtility.HtmlEncode(words)}</text>\n");

    private static string Colour(int index) => Colours[index % Colours.Length];
}
