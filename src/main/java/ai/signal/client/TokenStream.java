package ai.signal.client;

import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import ai.signal.model.Continuation;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One completion as its tokens arrive: each is told once and in order, whatever a task that was run
 * again has sent twice. One thread at a time.
 */
final class TokenStream {
  private static final String INCOMPLETE = "\ufffd"; // of a character whose bytes are not all there

  private final int sample;
  private final Continuation continuation;
  private final Consumer<StreamedToken> consumer;
  private final int held; // characters that may be the beginning of a stop text
  private final StringBuilder pending = new StringBuilder();
  private int[] tokens = new int[16];
  private int count;
  private float logprob; // of the last of them
  private int before; // tokens from here to `read` are decoded with the new ones, for their spaces
  private int read; // tokens whose text is known
  private int told; // characters

  TokenStream(
      int sample,
      SamplingParams params,
      Continuation continuation,
      Consumer<StreamedToken> consumer) {
    this.sample = sample;
    this.continuation = continuation;
    this.consumer = consumer;
    this.held = Math.max(0, params.stop().stream().mapToInt(String::length).max().orElse(0) - 1);
  }

  /**
   * A token at a position from 0. It is told when the next one comes, since only then it is known
   * not to be the last; one that came already is not told again.
   */
  void token(int position, int token, float logprob) {
    if (position != count) {
      return; // sent twice, or lost on the way: `finish` has them all
    }
    tellLast(Math.max(0, pending.length() - held));
    append(token);
    this.logprob = logprob;
    readOn();
  }

  private void append(int token) {
    tokens = count == tokens.length ? Arrays.copyOf(tokens, 2 * count) : tokens;
    tokens[count++] = token;
  }

  private void readOn() {
    String old = continuation.decode(Arrays.copyOfRange(tokens, before, read));
    String now = continuation.decode(Arrays.copyOfRange(tokens, before, count));
    if (now.length() > old.length() && !now.endsWith(INCOMPLETE)) {
      pending.append(now, old.length(), now.length());
      before = read;
      read = count;
    }
  }

  private void tellLast(int characters) {
    if (count > 0) {
      tell(pending.substring(0, characters));
      pending.delete(0, characters);
    }
  }

  private void tell(String text) {
    told += text.length();
    consumer.accept(new StreamedToken(sample, tokens[count - 1], logprob, text));
  }

  /** Tells what is missing: the last token, those that did not arrive, and text held back. */
  void finish(Completion whole) {
    for (int i = count; i < whole.tokenIds().length; i++) {
      token(i, whole.tokenIds()[i], whole.logprobs()[i]);
    }
    tell(whole.completion().substring(told));
  }
}
