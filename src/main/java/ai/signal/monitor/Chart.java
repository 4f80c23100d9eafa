package ai.signal.monitor;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** One curve over the steps of a job, as inline SVG. Colours come from the page's style sheet. */
final class Chart {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 200;
  private static final int LEFT = 52;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 24;
  private static final int GRID_LINES = 4;

  private final String title;
  private final List<StepMetrics> steps;
  private final ToDoubleFunction<StepMetrics> value;
  private final double low;
  private final double high;

  private Chart(String title, List<StepMetrics> steps, ToDoubleFunction<StepMetrics> value) {
    this.title = title;
    this.steps = steps;
    this.value = value;
    double most = steps.stream().mapToDouble(value).filter(Double::isFinite).max().orElse(1);
    double least = steps.stream().mapToDouble(value).filter(Double::isFinite).min().orElse(0);
    double tick = tick(Math.max(most - Math.min(0, least), 1e-12) / GRID_LINES);
    this.low = Math.min(0, Math.floor(least / tick) * tick);
    this.high = Math.max(low + tick, Math.ceil(most / tick) * tick);
  }

  /**
   * Draws a figure with a caption.
   *
   * @param steps at least one; a gap is left where a value is not finite
   */
  static String draw(String title, List<StepMetrics> steps, ToDoubleFunction<StepMetrics> value) {
    return new Chart(title, steps, value).figure();
  }

  private String figure() {
    StringBuilder svg = new StringBuilder();
    double last = value.applyAsDouble(steps.get(steps.size() - 1));
    svg.append("<figure class=\"card\"><figcaption><span>")
        .append(Html.escape(title))
        .append("</span><b>")
        .append(Double.isFinite(last) ? label(last) : "-")
        .append("</b></figcaption>\n");
    svg.append(
        text(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
            WIDTH, HEIGHT, Html.escape(title)));
    grid(svg);
    svg.append("<path class=\"curve\" d=\"").append(path()).append("\"/>\n");
    if (Double.isFinite(last)) {
      svg.append(
          text(
              "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
              x(steps.size() - 1), y(last)));
    }
    return svg.append("</svg></figure>\n").toString();
  }

  private void grid(StringBuilder svg) {
    double tick = tick((high - low) / GRID_LINES);
    for (double at = low; at <= high + tick / 2; at += tick) {
      svg.append(
          text(
              "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
              LEFT, y(at), WIDTH - RIGHT, y(at), LEFT - 8, y(at) + 4, label(at)));
    }
    svg.append(
        text(
            "<text x=\"%d\" y=\"%d\">step %d</text>"
                + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>%n",
            LEFT,
            HEIGHT - 6,
            steps.get(0).step(),
            WIDTH - RIGHT,
            HEIGHT - 6,
            steps.get(steps.size() - 1).step()));
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < steps.size(); i++) {
      double at = value.applyAsDouble(steps.get(i));
      if (Double.isFinite(at)) {
        path.append(text("%s%.1f %.1f", pen ? "L" : "M", x(i), y(at)));
      }
      pen = Double.isFinite(at);
    }
    return path.toString();
  }

  private double x(int index) {
    int last = Math.max(1, steps.size() - 1);
    return LEFT + (double) (WIDTH - LEFT - RIGHT) * index / last;
  }

  private double y(double at) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - at) / (high - low);
  }

  /** The round number, 1, 2 or 5 times a power of ten, that is at least {@code size}. */
  private static double tick(double size) {
    double power = Math.pow(10, Math.floor(Math.log10(size)));
    double digits = size / power;
    return power * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
  }

  private static String label(double at) {
    double size = Math.abs(at);
    if (size != 0 && size < 0.001) {
      return text("%.1e", at);
    }
    if (size >= 1000) {
      return text("%,.0f", at);
    }
    return text(size >= 100 ? "%.0f" : size >= 1 ? "%.2f" : "%.4f", at)
        .replaceFirst("(\\.\\d*?)0+$", "$1")
        .replaceFirst("\\.$", "");
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
