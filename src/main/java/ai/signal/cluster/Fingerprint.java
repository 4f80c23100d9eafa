package ai.signal.cluster;

import ai.signal.model.EngineVersion;
import ai.signal.model.InstructionSet;
import java.util.ArrayList;
import java.util.List;

/**
 * What has to be the same on every executor for results to be the same wherever a lane is computed.
 *
 * @param instructions of the processor
 * @param pytorch version
 * @param djl version
 * @param java feature release
 * @param signal version
 * @param gpus models of the GPUs; none where the CPU computes
 */
public record Fingerprint(
    String instructions, String pytorch, String djl, String java, String signal, String gpus) {
  private static final String SEPARATOR = " · ";
  private static final String NO_GPU = "no named GPU";

  /**
   * This JVM's.
   *
   * @throws IllegalStateException if the engine does not start
   */
  static Fingerprint here() {
    EngineVersion engine = EngineVersion.here();
    return of(engine.pytorch(), engine.djl());
  }

  /** That of a JVM without an engine. */
  static Fingerprint withoutEngine() {
    return of("none", "none");
  }

  private static Fingerprint of(String pytorch, String djl) {
    String signal = Fingerprint.class.getPackage().getImplementationVersion();
    return new Fingerprint(
        InstructionSet.here().toString(),
        "PyTorch " + pytorch,
        "DJL " + djl,
        "Java " + Runtime.version().feature(),
        "Signal " + (signal == null ? "(not packaged)" : signal),
        NO_GPU);
  }

  /** With GPUs of these models. */
  Fingerprint with(String models) {
    return new Fingerprint(
        instructions, pytorch, djl, java, signal, models.isEmpty() ? NO_GPU : models);
  }

  /** What is not the processor's. */
  String versions() {
    return String.join(SEPARATOR, djl, java, signal);
  }

  /** All of it in one line. */
  String text() {
    return String.join(SEPARATOR, parts());
  }

  /** What {@link #text} wrote. */
  static Fingerprint parse(String text) {
    String[] parts = text.split(SEPARATOR, -1);
    return new Fingerprint(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  }

  private List<String> parts() {
    return List.of(instructions, pytorch, djl, java, signal, gpus);
  }

  /** {@code PyTorch 2.7.0 instead of PyTorch 2.7.1}, for each part that differs. */
  String differenceTo(Fingerprint other) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < parts().size(); i++) {
      if (!parts().get(i).equals(other.parts().get(i))) {
        differences.add(parts().get(i) + " instead of " + other.parts().get(i));
      }
    }
    return String.join(", ", differences);
  }
}
