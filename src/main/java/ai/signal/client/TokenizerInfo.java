package ai.signal.client;

import java.util.List;
import java.util.Map;

/**
 * A base model's tokenizer.
 *
 * @param vocabulary one more than its highest id
 * @param specialTokens by their names, such as "bos_token"
 * @param eosTokenIds tokens that end a completion
 * @param chatTemplate whether there is one
 */
public record TokenizerInfo(
    int vocabulary,
    Map<String, String> specialTokens,
    List<Integer> eosTokenIds,
    boolean chatTemplate) {}
