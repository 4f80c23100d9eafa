package ai.signal.data;

import ai.signal.model.Tokenizer;
import java.util.Arrays;

/** Records into weighted token sequences. */
final class ExampleEncoder {
  private final Tokenizer tokenizer;
  private final int eos;
  private final int maxLength;

  ExampleEncoder(Tokenizer tokenizer, int eos, int maxLength) {
    this.tokenizer = tokenizer;
    this.eos = eos;
    this.maxLength = maxLength;
  }

  /**
   * Text becomes the tokens that the model expects before it (such as BOS), its own and EOS; each
   * after the first is learnt. A completion is tokenized apart from its prompt, so that the prompt
   * has the tokens that sampling will give it.
   */
  Sequence encode(TrainingRecord record) {
    if (record instanceof TrainingRecord.Completion pair) {
      int[] prompt = tokenizer.encodeWithSpecials(pair.prompt());
      int[] completion = tokenizer.encode(pair.completion());
      int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length + 1);
      System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
      return sequence(tokens, prompt.length);
    }
    int[] text = tokenizer.encodeWithSpecials(((TrainingRecord.Text) record).text());
    return sequence(Arrays.copyOf(text, text.length + 1), 0);
  }

  /**
   * @param tokens with room for EOS at the end
   * @param learntFrom the place of the first token that counts
   */
  private Sequence sequence(int[] tokens, int learntFrom) {
    tokens[tokens.length - 1] = eos;
    int length = Math.min(tokens.length, maxLength);
    float[] weights = new float[length - 1];
    // weights[i] is for the prediction of tokens[i + 1].
    Arrays.fill(weights, Math.min(weights.length, Math.max(0, learntFrom - 1)), weights.length, 1f);
    return new Sequence(
        length < tokens.length ? Arrays.copyOf(tokens, length) : tokens,
        weights,
        length < tokens.length);
  }

  /**
   * @param tokens all of them, [n + 1]
   * @param weights of the predictions of all but the first, [n]
   * @param truncated whether the record had more tokens than fit
   */
  @SuppressWarnings("ArrayRecordComponent") // Written to a lane file at once, never compared.
  record Sequence(int[] tokens, float[] weights, boolean truncated) {

    /** Whether any prediction counts. */
    boolean teaches() {
      for (float weight : weights) {
        if (weight > 0) {
          return true;
        }
      }
      return false;
    }
  }
}
