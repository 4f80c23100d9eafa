package ai.signal.data;

import ai.signal.chat.Conversation;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A record as something to complete.
 *
 * @param text of the prompt; null where it is a conversation
 * @param conversation up to the turn that is to be written; null where the prompt is a text
 * @param completion the expected completion; null where the record has none
 * @param columns the other fields of the record
 */
record PromptRecord(
    String text, Conversation conversation, String completion, ObjectNode columns) {}
