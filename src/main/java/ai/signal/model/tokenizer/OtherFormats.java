package ai.signal.model.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tokenizers in files that only transformers reads, and how to convert them. */
final class OtherFormats {
  /** SentencePiece, tiktoken, WordPiece and BPE, as transformers' slow tokenizers save them. */
  private static final List<String> FILES =
      List.of(
          "tokenizer.model",
          "spiece.model",
          "sentencepiece.bpe.model",
          "tiktoken.model",
          "vocab.txt",
          "vocab.json");

  private OtherFormats() {}

  /** The problem of a model directory without tokenizer.json, and its mend. */
  static String hint(Path directory) {
    String missing = "there is no tokenizer.json";
    return FILES.stream()
        .filter(name -> Files.exists(directory.resolve(name)))
        .findFirst()
        .map(
            name ->
                missing
                    + ", only "
                    + name
                    + "; make one in Python with transformers.AutoTokenizer.from_pretrained(directory).save_pretrained(directory)"
                    + (name.endsWith(".model") ? ", which needs sentencepiece and protobuf" : ""))
        .orElse(missing);
  }
}
