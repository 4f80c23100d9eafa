package ai.signal.data;

import ai.signal.model.Tokenizer;
import java.util.Arrays;
import java.util.List;

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
   * has the tokens that sampling will give it. A preference becomes two sequences, the chosen
   * answer's first.
   */
  List<Sequence> encode(TrainingRecord record) {
    if (record instanceof TrainingRecord.Preference pair) {
      return List.of(
          completion(pair.prompt(), pair.chosen()), completion(pair.prompt(), pair.rejected()));
    }
    if (record instanceof TrainingRecord.Completion pair) {
      return List.of(completion(pair.prompt(), pair.completion()));
    }
    int[] text = tokenizer.encodeWithSpecials(((TrainingRecord.Text) record).text());
    return List.of(sequence(Arrays.copyOf(text, text.length + 1), 0));
  }

  private Sequence completion(String before, String learnt) {
    int[] prompt = tokenizer.encodeWithSpecials(before);
    int[] completion = tokenizer.encode(learnt);
    int[] tokens = Arrays.copyOf(prompt, prompt.length + completion.length + 1);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    return sequence(tokens, prompt.length);
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
