package ai.signal.chat;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tokens of a conversation, and which of them the assistant wrote.
 *
 * @param ids of the tokens, [n]
 * @param learnt whether a token is the assistant's, [n]
 */
@SuppressWarnings("ArrayRecordComponent") // Read at once, never compared.
public record EncodedConversation(int[] ids, boolean[] learnt) {

  /**
   * Removes special tokens that both a message and the template write: a second BOS at the
   * beginning, and a second EOS after an answer's own.
   *
   * @param bos the id of BOS; -1: none
   * @param eos the id of EOS
   */
  public EncodedConversation once(int bos, int eos) {
    int[] kept = IntStream.range(0, ids.length).filter(i -> !repeats(i, bos, eos)).toArray();
    boolean[] of = new boolean[kept.length];
    for (int i = 0; i < kept.length; i++) {
      of[i] = learnt[kept[i]];
    }
    return new EncodedConversation(Arrays.stream(kept).map(i -> ids[i]).toArray(), of);
  }

  private boolean repeats(int at, int bos, int eos) {
    if (at == 0 || ids[at] != ids[at - 1]) {
      return false;
    }
    return (at == 1 && ids[at] == bos) || (ids[at] == eos && learnt[at] && learnt[at - 1]);
  }
}
