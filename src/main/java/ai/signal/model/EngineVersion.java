package ai.signal.model;

import ai.djl.engine.Engine;

/**
 * The versions of the native engine.
 *
 * @param pytorch of libtorch
 * @param djl of the Java library that calls it
 */
public record EngineVersion(String pytorch, String djl) {
  /**
   * This JVM's; starts the engine if nothing has yet.
   *
   * @throws IllegalStateException saying why libtorch does not start here
   */
  public static EngineVersion here() {
    try {
      NativeEngine.start();
      return new EngineVersion(Engine.getEngine("PyTorch").getVersion(), Engine.getDjlVersion());
    } catch (RuntimeException | LinkageError e) { // what DJL throws where a library does not load
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IllegalStateException(
          "Cannot start PyTorch: %s (it needs Linux x86-64 with glibc 2.28 or newer, and a directory of its own that can be written and executed from: DJL_CACHE_DIR)"
              .formatted(cause),
          e);
    }
  }
}
