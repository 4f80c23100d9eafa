package ai.signal.generate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Completions wanted of one prompt.
 *
 * @param place of the first of them among all completions of the call
 * @param text of the prompt; null where it is given as tokens
 * @param tokens of the prompt; null where it is given as text
 * @param firstSample number of the first completion: part of its seed
 * @param samples how many
 * @param params how to sample them
 */
@SuppressWarnings("ArrayRecordComponent") // travels to a task, never compared
public record PromptRequest(
    int place, String text, int[] tokens, int firstSample, int samples, SamplingParams params)
    implements Serializable {

  /** {@code params.n()} completions of each text. */
  public static List<PromptRequest> ofTexts(List<String> texts, SamplingParams params) {
    int n = params.n();
    List<PromptRequest> requests = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String text : texts) {
      int before = seen.merge(text, 1, Integer::sum) - 1;
      requests.add(new PromptRequest(requests.size() * n, text, null, before * n, n, params));
    }
    return requests;
  }

  /** {@code params.n()} completions of each sequence of tokens. */
  public static List<PromptRequest> ofTokens(List<int[]> prompts, SamplingParams params) {
    int n = params.n();
    List<PromptRequest> requests = new ArrayList<>();
    Map<List<Integer>, Integer> seen = new HashMap<>();
    for (int[] tokens : prompts) {
      int before = seen.merge(Arrays.stream(tokens).boxed().toList(), 1, Integer::sum) - 1;
      requests.add(new PromptRequest(requests.size() * n, null, tokens, before * n, n, params));
    }
    return requests;
  }

  /** The same behind so many other completions. */
  public PromptRequest behind(int places) {
    return new PromptRequest(place + places, text, tokens, firstSample, samples, params);
  }

  /** About {@code parts} requests, each for some of the completions. */
  List<PromptRequest> split(int parts) {
    List<PromptRequest> all = new ArrayList<>();
    int most = (samples + parts - 1) / parts;
    for (int from = 0; from < samples; from += most) {
      int count = Math.min(most, samples - from);
      all.add(new PromptRequest(place + from, text, tokens, firstSample + from, count, params));
    }
    return all;
  }
}
