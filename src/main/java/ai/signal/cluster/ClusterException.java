package ai.signal.cluster;

/** Executors that cannot do the work that is asked of them: the message names them and the key. */
public final class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ClusterException(String message) {
    super(message);
  }
}
