package ai.signal.tiny;

import java.util.List;

/**
 * A byte-level BPE vocabulary: the tokens in the order of their ids (special tokens, the 256 bytes,
 * then one token per merge) and the merges in the order in which they apply.
 */
record BpeVocabulary(List<String> special, List<String> tokens, List<Merge> merges) {
  BpeVocabulary {
    special = List.copyOf(special);
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    if (tokens.size() != special.size() + ByteAlphabet.SIZE + merges.size()) {
      throw new IllegalArgumentException(
          "A vocabulary has its special tokens, 256 bytes and a token per merge");
    }
  }

  record Merge(String left, String right) {}
}
