package ai.signal.job;

import ai.signal.cluster.ClusterException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The master of a standalone cluster. Spark itself waits a minute for one that is not there, and
 * then says that its context was stopped.
 */
final class SparkMaster {
  private static final String STANDALONE = "spark://";
  private static final int TIMEOUT_MILLIS = 10_000;

  private SparkMaster() {}

  /**
   * Looks for a standalone master; masters of other kinds are left to Spark.
   *
   * @throws ClusterException when none of its addresses accepts a connection
   */
  static void require(String master) {
    if (!master.startsWith(STANDALONE)) {
      return;
    }
    String problem = "";
    for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
      int colon = address.lastIndexOf(':');
      if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
        return; // Spark refuses it
      }
      try (Socket socket = new Socket()) {
        int port = Integer.parseInt(address.substring(colon + 1));
        socket.connect(new InetSocketAddress(address.substring(0, colon), port), TIMEOUT_MILLIS);
        return;
      } catch (IOException | IllegalArgumentException e) {
        problem = e.getMessage() == null ? "its host is unknown" : e.getMessage();
      }
    }
    throw new ClusterException(
        "Cannot start Spark: no master answers at %s: %s; start one there, or correct --master"
            .formatted(master, problem));
  }
}
