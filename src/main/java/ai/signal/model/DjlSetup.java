package ai.signal.model;

/** What DJL must know before its first class loads. */
final class DjlSetup {
  private DjlSetup() {}

  /**
   * Keeps DJL from the network: no downloads, no usage report to its makers. A setting of the
   * user's wins.
   */
  static void stayOffline() {
    setDefault("ai.djl.offline", "true");
    setDefault("OPT_OUT_TRACKING", "true");
    // Its native library, hundreds of megabytes unpacked, goes where this host keeps such things.
    HostCache.configured().ifPresent(cache -> setDefault("ENGINE_CACHE_DIR", cache + "/djl"));
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
