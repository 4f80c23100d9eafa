package ai.signal.chat;

/**
 * The tokens of a conversation, and which of them the assistant wrote.
 *
 * @param ids of the tokens, [n]
 * @param learnt whether a token is the assistant's, [n]
 */
@SuppressWarnings("ArrayRecordComponent") // Read at once, never compared.
public record EncodedConversation(int[] ids, boolean[] learnt) {}
