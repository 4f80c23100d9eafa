package ai.signal.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The components of the families of models, as their tokenizer.json has them, over a few tokens.
 */
class TokenizerFamiliesTest {
  private static final String SPLIT =
      "{'type': 'Split', 'pattern': {'Regex': '%s'}, 'behavior': 'Isolated', 'invert': false}";

  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+";

  private static final String METASPACE =
      "{'type': 'Metaspace', 'replacement': '\u2581', 'prepend_scheme': 'always', 'split': true}";

  private static final String UNIGRAM =
      "{'type': 'Unigram', 'unk_id': 0, 'byte_fallback': false, 'vocab': [['<unk>', 0.0], ['</s>', 0.0], ['\u2581', -2.0], ['\u2581a', -2.5], ['a', -3.0], ['b', -3.5]]}";

  private static final String SENTENCEPIECE =
      "{'type': 'BPE', 'dropout': null, 'unk_token': '<unk>', 'fuse_unk': true, 'byte_fallback': true, 'vocab': {'<unk>': 0, '\u2581': 1, 'a': 2, 'b': 3, 'ab': 4, '\u2581ab': 5, '<0x0A>': 6}, 'merges': ['a b', '\u2581 ab']}";

  private static final String WORDPIECE =
      "{'type': 'WordPiece', 'unk_token': '[UNK]', 'continuing_subword_prefix': '##', 'max_input_chars_per_word': 100, 'vocab': {'[UNK]': 0, '[CLS]': 1, '[SEP]': 2, 'ab': 3, 'a': 4, '##b': 5}}";

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void family(String name, TokenizerJson json, String text, List<Integer> ids, String decoded) {
    json.write(directory);

    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      int[] encoded = tokenizer.encodeWithSpecials(text);

      assertThat(encoded).containsExactly(ids.stream().mapToInt(id -> id).toArray());
      assertThat(tokenizer.decode(encoded)).isEqualTo(decoded);
    }
  }

  static List<Arguments> family() {
    String template =
        "{'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<s>', 'type_id': 0}}, {'Sequence': {'id': 'A', 'type_id': 0}}], 'pair': [{'Sequence': {'id': 'A', 'type_id': 0}}, {'Sequence': {'id': 'B', 'type_id': 1}}], 'special_tokens': {'<s>': {'id': '<s>', 'ids': [0], 'tokens': ['<s>']}}}";
    String byteLevel = TokenizerJson.byteLevel();
    return List.of(
        Arguments.of(
            "Llama 3",
            json(null, sequence("pretokenizers", SPLIT.formatted(LLAMA3), byteLevel), byteLevel)
                .with("post_processor", quoted(sequence("processors", byteLevel, template))),
            "ab a",
            List.of(0, 4, 5, 2),
            "ab a"),
        Arguments.of(
            "GPT-2, written without the model's type",
            json(null, byteLevel.replace("false}", "true}"), byteLevel)
                .with("model", TokenizerJson.BPE.replace("\"type\": \"BPE\", ", "")),
            "ab a",
            List.of(4, 5, 2),
            "ab a"),
        Arguments.of(
            "DeepSeek",
            json(
                "{'type': 'Sequence', 'normalizers': []}",
                sequence(
                    "pretokenizers",
                    SPLIT.formatted("[\\\\r\\\\n]"),
                    SPLIT.formatted("\\\\s?\\\\p{L}+"),
                    SPLIT.formatted("\\\\s+$"),
                    "{'type': 'Digits', 'individual_digits': true}",
                    byteLevel),
                byteLevel),
            "ab a",
            List.of(4, 5, 2),
            "ab a"),
        Arguments.of(
            "Falcon",
            json(
                null,
                sequence(
                    "pretokenizers",
                    "{'type': 'Punctuation', 'behavior': 'Contiguous'}",
                    byteLevel,
                    "{'type': 'Digits', 'individual_digits': false}",
                    SPLIT.formatted("[0-9][0-9][0-9]")),
                byteLevel),
            "ab",
            List.of(4),
            "ab"),
        Arguments.of(
            "Llama 2, Mistral, Phi-3",
            json(
                    sequence(
                        "normalizers",
                        "{'type': 'Prepend', 'prepend': '\u2581'}",
                        "{'type': 'Replace', 'pattern': {'String': ' '}, 'content': '\u2581'}"),
                    null,
                    sequence(
                        "decoders",
                        "{'type': 'Replace', 'pattern': {'String': '\u2581'}, 'content': ' '}",
                        "{'type': 'ByteFallback'}",
                        "{'type': 'Fuse'}",
                        "{'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}"))
                .with("model", quoted(SENTENCEPIECE))
                .with("added_tokens", "[" + TokenizerJson.added(0, "<unk>", "") + "]"),
            "ab\nab",
            List.of(5, 6, 4),
            "ab\nab"),
        Arguments.of(
            "Gemma",
            json(
                    "{'type': 'Replace', 'pattern': {'String': ' '}, 'content': '\u2581'}",
                    "{'type': 'Split', 'pattern': {'String': ' '}, 'behavior': 'MergedWithPrevious', 'invert': false}",
                    sequence(
                        "decoders",
                        "{'type': 'Replace', 'pattern': {'String': '\u2581'}, 'content': ' '}",
                        "{'type': 'ByteFallback'}",
                        "{'type': 'Fuse'}"))
                .with("model", quoted(SENTENCEPIECE))
                .with("added_tokens", "[]"),
            "ab ab",
            List.of(4, 5),
            "ab ab"),
        Arguments.of(
            "T5",
            json(
                    sequence(
                        "normalizers",
                        "{'type': 'Nmt'}",
                        "{'type': 'NFKC'}",
                        "{'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}"),
                    sequence("pretokenizers", "{'type': 'WhitespaceSplit'}", METASPACE),
                    METASPACE)
                .with("model", quoted(UNIGRAM))
                .with("added_tokens", "[" + TokenizerJson.added(1, "</s>", "normalized") + "]"),
            "a  ab",
            List.of(3, 3, 5),
            "a ab"),
        Arguments.of(
            "BERT",
            json(
                    "{'type': 'BertNormalizer', 'clean_text': true, 'handle_chinese_chars': true, 'strip_accents': null, 'lowercase': true}",
                    "{'type': 'BertPreTokenizer'}",
                    "{'type': 'WordPiece', 'prefix': '##', 'cleanup': true}")
                .with("model", quoted(WORDPIECE))
                .with(
                    "added_tokens",
                    "["
                        + TokenizerJson.added(1, "[CLS]", "")
                        + ","
                        + TokenizerJson.added(2, "[SEP]", "")
                        + "]")
                .with(
                    "post_processor",
                    quoted("{'type': 'BertProcessing', 'sep': ['[SEP]', 2], 'cls': ['[CLS]', 1]}")),
            "AB a",
            List.of(1, 3, 4),
            "ab a"),
        Arguments.of(
            "CLIP",
            json(
                sequence(
                    "normalizers",
                    "{'type': 'NFC'}",
                    "{'type': 'Replace', 'pattern': {'Regex': '\\\\s+'}, 'content': ' '}",
                    "{'type': 'Lowercase'}"),
                sequence(
                    "pretokenizers",
                    "{'type': 'Split', 'pattern': {'Regex': '[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+'}, 'behavior': 'Removed', 'invert': true}",
                    byteLevel),
                byteLevel),
            "AB  a",
            List.of(4, 2),
            "aba"));
  }

  @Test
  @Timeout(60)
  void longRunsTakeSeconds() {
    json(
            null,
            sequence("pretokenizers", SPLIT.formatted(LLAMA3), TokenizerJson.byteLevel()),
            TokenizerJson.byteLevel())
        .write(directory);

    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      assertThat(tokenizer.encode("a".repeat(1 << 19))).hasSize(1 << 19);
      assertThat(tokenizer.encode(" ".repeat(1 << 19) + "a")).hasSize((1 << 19) + 1);
    }
  }

  private static TokenizerJson json(String normalizer, String preTokenizer, String decoder) {
    return TokenizerJson.base()
        .with("normalizer", quoted(String.valueOf(normalizer)))
        .with("pre_tokenizer", quoted(String.valueOf(preTokenizer)))
        .with("decoder", quoted(decoder));
  }

  private static String sequence(String key, String... parts) {
    return "{'type': 'Sequence', '" + key + "': [" + String.join(", ", parts) + "]}";
  }

  /** Apostrophes around names become quotes; those of a pattern stay. */
  private static String quoted(String json) {
    return json.replaceAll("(?<![|:])'(?!s\\||t\\||re\\||ve\\||m\\||ll\\||d\\))", "\"");
  }
}
