package ai.signal.generate;

import java.io.Serializable;

/** Told of every token as soon as it is there. */
@FunctionalInterface
public interface TokenSink extends Serializable {
  /** Nobody. */
  TokenSink NONE = (place, position, token, logprob) -> {};

  /**
   * A token was sampled.
   *
   * @param place of the completion among all of the call
   * @param position in the completion, from 0
   * @param logprob nats
   */
  void token(int place, int position, int token, float logprob);
}
