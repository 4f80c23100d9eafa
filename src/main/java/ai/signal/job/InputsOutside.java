package ai.signal.job;

import ai.signal.data.InputFile;
import ai.signal.spec.SpecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Refuses inputs in the output of their job: it may replace or delete what earlier jobs wrote
 * there.
 */
final class InputsOutside {
  private static final String GLOB = "*?[{";

  private InputsOutside() {}

  /**
   * Checks every input path of a spec as it is written.
   *
   * @throws SpecException.Value for the first one that is the output or below it
   */
  static void check(JobSpec spec) {
    paths(spec)
        .forEach(
            (key, path) -> {
              if (isWithin(withoutGlob(path), spec.output())) {
                throw refused(key, path, spec.output(), "");
              }
            });
  }

  /**
   * Checks the files that a path names.
   *
   * @throws SpecException.Value for the first one that is below the output
   */
  static void check(String key, String path, List<InputFile> files, String output) {
    for (InputFile file : files) {
      if (isWithin(file.location(), output)) {
        throw refused(key, path, output, " (%s)".formatted(file.name()));
      }
    }
  }

  private static SpecException.Value refused(String key, String path, String output, String which) {
    return new SpecException.Value(
        key,
        "= '%s' is refused: it reads from the output of this job, '%s'%s; choose another output"
            .formatted(Locations.shown(path), Locations.shown(output), which));
  }

  /** The paths of all inputs that a job names, by their keys; a built-in model is none. */
  static Map<String, String> paths(JobSpec spec) {
    Map<String, String> paths = new LinkedHashMap<>();
    if (!spec.model().base().startsWith("builtin:")) {
      paths.put("model.base", spec.model().base());
    }
    spec.lora().init().ifPresent(path -> paths.put("lora.init", path));
    for (JobInput input : JobInput.of(spec)) {
      input.data().path().ifPresent(path -> paths.put(input.key() + ".path", path));
    }
    return paths;
  }

  /** The directories of a path above its first pattern. */
  private static String withoutGlob(String path) {
    int first = 0;
    while (first < path.length() && GLOB.indexOf(path.charAt(first)) < 0) {
      first++;
    }
    return first == path.length() || isFile(path)
        ? path
        : path.substring(0, Math.max(0, path.lastIndexOf('/', first)));
  }

  /** A name such as a[1].jsonl is itself before it is a pattern. */
  private static boolean isFile(String path) {
    return !SpecPaths.hasScheme(path) && Files.exists(Path.of(path));
  }

  private static boolean isWithin(String path, String output) {
    if (path.isEmpty()) {
      return false;
    }
    if (Locations.isLocal(path) && Locations.isLocal(output)) {
      return real(path).startsWith(real(output));
    }
    if (Locations.isLocal(path) || Locations.isLocal(output)) {
      return false;
    }
    List<String> inner = parts(path);
    List<String> outer = parts(output);
    return inner.size() >= outer.size() && inner.subList(0, outer.size()).equals(outer);
  }

  /** A local path without links, as far as it exists. */
  private static Path real(String path) {
    Path whole = Path.of(Locations.local(path)).toAbsolutePath().normalize();
    Path existing = whole;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      return existing == null ? whole : existing.toRealPath().resolve(existing.relativize(whole));
    } catch (IOException e) {
      return whole; // unreadable: compared as it is written
    }
  }

  /** Scheme, authority and directories of a location; s3 and s3a are one store. */
  private static List<String> parts(String location) {
    String[] scheme = location.split(":", 2);
    String kind = scheme[0].toLowerCase(Locale.ROOT).replaceFirst("^s3[an]$", "s3");
    return Arrays.stream((kind + "/" + scheme[1]).split("/"))
        .filter(part -> !part.isEmpty() && !part.equals("."))
        .toList();
  }
}
