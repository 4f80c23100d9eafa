package ai.signal.checkpoint;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Where things are: {@code checkpoints/step-00000050/ATTEMPT/FILE} and {@code
 * checkpoints/step-00000050/manifest.json}.
 *
 * @param root the output
 */
record Layout(Path root) {
  static final String MANIFEST = "manifest.json";
  private static final Pattern STEP = Pattern.compile("step-([0-9]{8,18})");

  Path owner() {
    return new Path(root, Owner.NAME);
  }

  /** The name of a place in the output, relative to it. */
  String name(Path place) {
    return place.toUri().getPath().substring(root.toUri().getPath().length() + 1);
  }

  Path checkpoints() {
    return new Path(root, "checkpoints");
  }

  Path step(long step) {
    return new Path(checkpoints(), name(step));
  }

  Path manifest(long step) {
    return new Path(step(step), MANIFEST);
  }

  Path attempt(long step, String attempt) {
    return new Path(step(step), attempt);
  }

  Path file(long step, String attempt, String name) {
    return new Path(attempt(step, attempt), name);
  }

  /** The step of a directory's name, if it is one. */
  static OptionalLong step(String name) {
    Matcher matcher = STEP.matcher(name);
    if (matcher.matches()) {
      long step = Long.parseLong(matcher.group(1));
      return name(step).equals(name) ? OptionalLong.of(step) : OptionalLong.empty();
    }
    return OptionalLong.empty();
  }

  private static String name(long step) {
    return "step-%08d".formatted(step);
  }
}
