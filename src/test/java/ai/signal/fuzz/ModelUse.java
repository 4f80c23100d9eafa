package ai.signal.fuzz;

import ai.djl.Device;
import ai.signal.chat.ChatFormat;
import ai.signal.chat.Conversation;
import ai.signal.lora.LoraConfig;
import ai.signal.lora.MergedModel;
import ai.signal.model.AdapterShape;
import ai.signal.model.DType;
import ai.signal.model.Decoder;
import ai.signal.model.ModelDirectory;
import ai.signal.model.NativeAdapter;
import ai.signal.model.Packing;
import ai.signal.model.Scope;
import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that a job does with the files of a model. */
final class ModelUse {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "<3> <1> \u00e9\u0301 caf\u00e9 \ud83d\ude00",
          "The quick brown fox, 1234567 times!\n\n  tabs\tand\u00a0spaces <s> </s> [MASK]",
          "\u65e5\u672c\u8a9e \u0e44\u0e17\u0e22 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
          "ab".repeat(2000));

  private static final Conversation CONVERSATION =
      new Conversation(
          List.of(
              Map.of("role", "system", "content", "You are terse."),
              Map.of("role", "user", "content", "Hello"),
              Map.of("role", "assistant", "content", "Hi."),
              Map.of("role", "user", "content", "And?"),
              Map.of("role", "assistant", "content", "Nothing.")),
          Optional.empty(),
          Map.of());

  private ModelUse() {}

  /** The config, the weights, and a forward pass over a few tokens. */
  static void weights(Path directory) {
    ModelDirectory model = ModelDirectory.open(directory);
    model.companions();
    MergedModel.of(
        model, new LoraConfig(2, 4, 0, List.of("q_proj", "v_proj")), Optional.empty(), 1 << 20);
    try (Decoder decoder = Decoder.load(model, DType.FLOAT32, Device.cpu());
        Scope scope = decoder.scope(1);
        NativeAdapter none = decoder.adapter(new float[0], AdapterShape.none(model.config()))) {
      int last = model.config().vocabSize() - 1;
      decoder.hidden(
          scope, none, Packing.of(List.of(new int[] {0, last, 0})), model.config().layers());
    }
  }

  static void tokenizer(Path directory) {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      tokenizer.vocabSize();
      for (String text : TEXTS) {
        tokenizer.encodeWithSpecials(text);
        tokenizer.decode(tokenizer.encode(text));
      }
    }
  }

  static void template(Path directory) {
    ChatFormat.specialTokens(directory);
    if (ChatFormat.isIn(directory)) {
      ChatFormat format = ChatFormat.open(directory);
      format.apply(CONVERSATION, true);
      format.applyForTraining(CONVERSATION);
    }
  }
}
