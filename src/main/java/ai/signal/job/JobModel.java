package ai.signal.job;

import ai.signal.cluster.MemoryEstimate;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.AdapterSizeException;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.PeftAdapter;
import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelFormatException;
import ai.signal.model.ModelSource;
import ai.signal.spec.Names;
import ai.signal.spec.SpecException;
import ai.signal.storage.Location;
import ai.signal.storage.StoreProblem;
import ai.signal.storage.StoreProblem.Kind;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a job will train on, found out before anything starts.
 *
 * @param directory of the base model on this host
 * @param config its shape
 * @param layout the adapter's
 * @param note what users should know about the base model
 */
record JobModel(Path directory, ModelConfig config, AdapterLayout layout, Optional<String> note) {
  /**
   * Opens the base model and the initial adapter.
   *
   * @throws SpecException.Value where one of them cannot be used
   */
  static JobModel of(JobSpec spec) {
    ModelDirectory model = open(spec.model().base());
    LoraConfig lora = spec.lora().config();
    if (spec.lora().init().isPresent()) {
      lora = initial(spec.lora().init().get(), model);
    }
    try {
      return new JobModel(
          model.path(), model.config(), AdapterLayout.of(model.config(), lora), model.note());
    } catch (AdapterSizeException e) {
      throw new SpecException.Value(
          "lora.rank", "= %d is refused: %s".formatted(lora.maxRank(), e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw refused("lora.targets", spec.lora().targets().toString(), e);
    }
  }

  /** Bytes that a resolved job needs with micro-batches of that kind. */
  MemoryEstimate memory(JobSpec spec, MemoryEstimate.Work work) {
    DType dtype = DType.ofSpec(Names.of(spec.model().dtype()));
    return MemoryEstimate.of(config, dtype, MemoryEstimate.Adapter.of(layout), work);
  }

  private static ModelDirectory open(String base) {
    try {
      return ModelDirectory.open(ModelSource.resolve(base));
    } catch (ModelFormatException e) {
      if (StoreProblem.of(e).filter(problem -> problem.kind() == Kind.STORE).isPresent()) {
        throw e; // of the store, not of what the spec says
      }
      throw refused("model.base", base, e);
    }
  }

  private static LoraConfig initial(String init, ModelDirectory model) {
    try {
      return PeftAdapter.read(Location.of("Cannot load adapter", init).local(), model).config();
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw refused("lora.init", init, e);
    }
  }

  private static SpecException.Value refused(String key, String value, RuntimeException e) {
    return new SpecException.Value(key, "= '%s' is refused: %s".formatted(value, e.getMessage()));
  }
}
