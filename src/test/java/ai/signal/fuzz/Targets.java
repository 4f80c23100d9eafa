package ai.signal.fuzz;

import java.util.List;

/** Every kind of file that is fuzzed. */
final class Targets {
  static final List<Target> ALL =
      List.of(
          new ConfigTarget(),
          new SafetensorsTarget(),
          new IndexTarget(),
          new TokenizerTarget(),
          new TemplateTarget(),
          new AdapterTarget(),
          new ManifestTarget(),
          new SpecTarget(),
          new DataTarget(),
          new RowsTarget());

  private Targets() {}

  static Target named(String name) {
    return ALL.stream().filter(target -> target.name().equals(name)).findFirst().orElseThrow();
  }
}
