package ai.signal.data;

import ai.signal.chat.ChatFormat;
import ai.signal.chat.ChatTemplateException;
import ai.signal.chat.Rendered;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Turns prompts into the text and the tokens that a model reads. */
final class PromptTokens {
  private static final int NO_EOS = -1; // a prompt has no answer that it could end

  private final Path model;
  private final Tokenizer tokenizer;
  private final int vocabSize;
  private final int bos; // that templates write; -1: none
  private ChatFormat chat; // null before the first conversation

  /**
   * @param model its directory
   */
  PromptTokens(Path model, Tokenizer tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.vocabSize = ExampleEncoder.vocabSize(model, tokenizer);
    this.bos = ExampleEncoder.bos(model, tokenizer);
  }

  /** The text of a prompt; a conversation becomes one by the chat template, and asks to answer. */
  String text(PromptRecord prompt) throws RecordException {
    if (prompt.conversation() == null) {
      return prompt.text();
    }
    try {
      chat = chat == null ? ChatFormat.open(model).at(ExampleEncoder.TODAY) : chat;
      return chat.apply(prompt.conversation(), true).text();
    } catch (ChatTemplateException e) {
      throw new RecordException(e.getMessage());
    } catch (ModelFormatException e) {
      throw new DataException("Cannot use messages: " + e.getMessage(), e);
    }
  }

  /**
   * The tokens of a prompt. The chat template writes special tokens itself, as in training.
   *
   * @throws RecordException if the model has no row for one of them
   */
  int[] tokens(PromptRecord prompt, String text) throws RecordException {
    int[] tokens =
        prompt.conversation() == null
            ? tokenizer.encodeWithSpecials(text)
            : new Rendered(text, List.of()).encode(tokenizer).once(bos, NO_EOS).ids();
    for (int token : tokens) {
      if (token >= vocabSize) {
        throw new RecordException(
            "its text has token %d, but the model's vocabulary has %d".formatted(token, vocabSize));
      }
    }
    return tokens;
  }
}
