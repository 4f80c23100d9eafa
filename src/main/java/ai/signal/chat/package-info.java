/**
 * Chat templates: messages into the text that a model was trained on, by the Jinja template that
 * the model brings, with the bytes of transformers' {@code apply_chat_template}.
 */
package ai.signal.chat;
