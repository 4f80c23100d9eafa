package ai.signal.client;

import ai.signal.cluster.TaskMail;
import ai.signal.generate.TokenSink;
import java.util.List;

/**
 * Sends each token to the driver.
 *
 * @param address of a {@link TaskMail}
 */
record StreamSink(String address) implements TokenSink {
  @Override
  public void token(int place, int position, int token, float logprob) {
    int bits = Float.floatToIntBits(logprob);
    TaskMail.send(address, place + " " + position + " " + token + " " + bits);
  }

  /** Hands a token to its sample's stream, on the driver. */
  static void read(String text, List<TokenStream> samples) {
    String[] parts = text.split(" ", -1);
    samples
        .get(Integer.parseInt(parts[0]))
        .token(
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Float.intBitsToFloat(Integer.parseInt(parts[3])));
  }
}
