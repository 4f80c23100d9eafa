package ai.signal.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a base model is called by those who do not have its directory. */
final class BaseName {
  /** Where the Hugging Face cache has a model: {@code models--org--name/snapshots/REVISION}. */
  private static final Pattern CACHED =
      Pattern.compile("(?:^|.*/)models--([^/]+?)--([^/]+)/snapshots/[^/]+/*");

  private static final Pattern LAST = Pattern.compile("([^/]*)/*$");

  private BaseName() {}

  /**
   * The model's name on the Hub where the path tells it; else the last part of the path, so that
   * neither users nor buckets are named. Of letters, digits and {@code . _ - /}.
   *
   * @param base as in {@code model.base}
   */
  static String of(String base) {
    Matcher cached = CACHED.matcher(base);
    if (cached.matches()) {
      return clean(cached.group(1)) + "/" + clean(cached.group(2));
    }
    Matcher last = LAST.matcher(base);
    String name = clean(last.find() ? last.group(1) : "");
    return name.isEmpty() ? "base" : name;
  }

  private static String clean(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
  }
}
