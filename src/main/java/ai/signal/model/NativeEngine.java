package ai.signal.model;

import ai.djl.engine.Engine;

/** Starts DJL's PyTorch engine once per JVM, the way a closed cluster needs it. */
final class NativeEngine {
  static {
    DjlSetup.stayOffline();
    // Profiling runs of the graph executor are slow and would change which kernels the first steps
    // use.
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
  }

  private NativeEngine() {}

  /**
   * DJL finds its parts through the context class loader, which is Spark's or nobody's on other
   * threads.
   */
  static void start() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(NativeEngine.class.getClassLoader());
    try {
      Engine.getEngine("PyTorch");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
