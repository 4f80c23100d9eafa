package ai.signal.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.model.ModelFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each of these aborted the JVM, ran for minutes, or is not understood; each is refused by name.
 */
class HostileTokenizersTest {
  @TempDir Path directory;

  @Test
  void theBaseOfTheseIsValid() {
    assertThat(TokenizerFile.read(TokenizerJson.base().write(directory)).vocabSize()).isEqualTo(6);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource({"models", "normalizers", "preTokenizers", "postProcessors", "decoders", "others"})
  void refused(String part, String json, String problem) {
    Path file = TokenizerJson.base().with(part, json).write(directory);

    assertThatThrownBy(() -> TokenizerFile.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(problem)
        .hasMessageStartingWith("Cannot load tokenizer: tokenizer.json is not usable: " + part)
        .hasMessageEndingWith("(" + file + ")")
        .hasMessageNotContaining("\n");
  }

  static List<Arguments> models() {
    String chain =
        IntStream.rangeClosed(1, 120)
            .mapToObj(length -> "[\"" + "a".repeat(length) + "\", 0]")
            .reduce("[\"<unk>\", 0]", (a, b) -> a + ", " + b);
    return List.of(
        model("{'type': 'Markov', 'vocab': {}}", "unknown type 'Markov'"),
        model(bpe("{'a': 0}", "[]", ", 'speed': 1"), "unknown key 'speed'"),
        model(bpe("{'a': -1}", "[]", ""), "must be an integer from 0 to 16777216"),
        model(bpe("{'a': 4294967295}", "[]", ""), "must be an integer from 0"),
        model(bpe("{'a': 1.5}", "[]", ""), "must be an integer from 0"),
        model(bpe("{'a': 1, 'b': 1}", "[]", ""), "two tokens with the id 1"),
        model(bpe("{'" + "a".repeat(5000) + "': 1}", "[]", ""), "a token of 5000 characters"),
        model(bpe("[]", "[]", ""), "must be an object"),
        model(bpe("{'a': 0}", "['a b']", ""), "'b', which the vocabulary does not have"),
        model(bpe("{'a': 0, 'b': 1}", "['a b']", ""), "'ab', which the vocabulary does not have"),
        model(bpe("{'a': 0}", "['a']", ""), "merge 1, which is not a pair"),
        model(bpe("{'a': 0}", "[['a', 'a', 'a']]", ""), "merge 1, which is not a pair"),
        model(bpe("{'a': 0}", "{}", ""), "is not a list"),
        model(
            bpe(
                "{'a': 0, 'b': 1, 'ab': 2}",
                "['a b']",
                ", 'continuing_subword_prefix': '\u00e9\u00e9'"),
            "second token does not begin with"),
        model(bpe("{'a': 0}", "[]", ", 'dropout': 0.1"), "makes token ids random"),
        model(bpe("{'a': 0}", "[]", ", 'fuse_unk': 1"), "must be true or false"),
        model(
            "{'type': 'WordPiece', 'vocab': {'a': 0}, 'unk_token': 'a', 'continuing_subword_prefix': '##', 'max_input_chars_per_word': 1000000}",
            "from 0 to 256"),
        model(
            "{'type': 'WordPiece', 'vocab': {'a': 0}, 'unk_token': 'b', 'continuing_subword_prefix': '##', 'max_input_chars_per_word': 100}",
            "'b', which the vocabulary does not have"),
        model("{'type': 'WordLevel', 'vocab': {'a': 0}}", "has no 'unk_token'"),
        model("{'type': 'Unigram', 'vocab': [['a', 0]], 'unk_id': 1}", "from 0 to 0"),
        model("{'type': 'Unigram', 'vocab': [['a', 0]]}", "has no 'unk_id'"),
        model("{'type': 'Unigram', 'vocab': [['a', '0']], 'unk_id': 0}", "is not [token, score]"),
        model("{'type': 'Unigram', 'vocab': {'a': 0}, 'unk_id': 0}", "is not a list"),
        model(
            "{'type': 'Unigram', 'vocab': [['" + "a".repeat(100_000) + "', 0]], 'unk_id': 0}",
            "a token of 100000 characters"),
        model(
            "{'type': 'Unigram', 'vocab': [" + chain + "], 'unk_id': 0}", "bytes of tokens that"));
  }

  static List<Arguments> normalizers() {
    String growing = "{'type': 'Replace', 'pattern': {'String': 'a'}, 'content': 'aaaaaaaaaaaa'}";
    return List.of(
        normalizer("{'type': 'Shout'}", "unknown type 'Shout'"),
        normalizer("{'strip_left': true, 'strip_right': true}", "has no 'type'"),
        normalizer("{'type': 'NFC', 'fast': true}", "unknown key 'fast'"),
        normalizer("[]", "must be an object"),
        normalizer("{'type': 'Strip', 'strip_left': true}", "has no 'strip_right'"),
        normalizer(replace("{'Regex': 'x*'}", "y"), "which matches the empty text"),
        normalizer(replace("{'Regex': ''}", "y"), "is empty"),
        normalizer(replace("{'String': ''}", "y"), "is empty"),
        normalizer(replace("{'Regex': '(a+)+b'}", "y"), "exponentially many ways"),
        normalizer(
            replace("{'Regex': '" + "(".repeat(900) + "a" + ")".repeat(900) + "'}", "y"),
            "nests groups more than 12 deep"),
        normalizer(replace("{'Regex': '" + "a".repeat(3000) + "'}", "y"), "has 3000 characters"),
        normalizer(replace("{'Regex': 'a', 'String': 'a'}", "y"), "is not {\"String\""),
        normalizer(replace("'a'", "y"), "must be an object"),
        normalizer(replace("{'String': 'a'}", "y".repeat(1000)), "has 1000 characters"),
        normalizer(
            "{'type': 'Sequence', 'normalizers': [%s, %s, %s]}"
                .formatted(growing, growing, growing),
            "lengthens a text more than 512 times"),
        normalizer(
            "{'type': 'Sequence', 'normalizers': ["
                + "{'type': 'NFC'}, ".repeat(20)
                + "{'type': 'NFC'}]}",
            "at most 16 are allowed"),
        normalizer("{'type': 'Prepend', 'prepend': 7}", "must be a string"),
        normalizer("{'type': 'Prepend', 'prepend': ''}", "is empty"),
        normalizer(precompiled(""), "too short"),
        normalizer(precompiled("AAA="), "too short"),
        normalizer(precompiled("AAAAAA=="), "has a trie of 0 bytes"),
        normalizer(precompiled("/////w=="), "has a trie of 4294967295 bytes, but only 0 follow"),
        normalizer(precompiled("BAAAAAAAAAA="), "whose node"),
        normalizer(precompiled("BAAAAAAAAAD/"), "not UTF-8"),
        normalizer(precompiled("no base64!"), "is not base64"),
        normalizer(precompiled("AAAAAAA"), "is not base64"));
  }

  static List<Arguments> preTokenizers() {
    return List.of(
        preTokenizer("{'type': 'Delimiter', 'delimiter': ','}", "unknown type 'Delimiter'"),
        preTokenizer("{'type': 'CharDelimiterSplit', 'delimiter': ''}", "must be one character"),
        preTokenizer("{'type': 'CharDelimiterSplit', 'delimiter': 'ab'}", "must be one character"),
        preTokenizer("{'type': 'FixedLength', 'length': 0}", "from 1 to"),
        preTokenizer("{'type': 'FixedLength', 'length': -5}", "from 1 to"),
        preTokenizer("{'type': 'Punctuation', 'behavior': 'Explode'}", "must be one of"),
        preTokenizer("{'type': 'Digits'}", "has no 'individual_digits'"),
        preTokenizer(split("{'Regex': '(?:)'}"), "which matches the empty text"),
        preTokenizer(split("{'Regex': '\\\\s*|a'}"), "which matches the empty text"),
        preTokenizer(split("{'Regex': '(a|a)*b'}"), "exponentially many ways"),
        preTokenizer(split("{'Regex': '\\\\s*\\\\s*x'}"), "length ^ 2"),
        preTokenizer(split("{'Regex': '(a)\\\\1'}"), "not known to be bounded"),
        preTokenizer(split("{'Regex': 'a{1,99999}'}"), "not a number from 0 to 1000"),
        preTokenizer(split("{'Glob': '*'}"), "unknown key 'Glob'"),
        preTokenizer(
            "{'type': 'Metaspace', 'replacement': '__', 'prepend_scheme': 'always'}",
            "must be one character"),
        preTokenizer(
            "{'type': 'Metaspace', 'replacement': '_', 'prepend_scheme': 'maybe'}",
            "must be one of"),
        preTokenizer(
            "{'type': 'Sequence', 'pretokenizers': [%s, %s, %s]}"
                .formatted(
                    TokenizerJson.byteLevel(),
                    TokenizerJson.byteLevel(),
                    TokenizerJson.byteLevel()),
            "number 3 of those that lengthen the text"));
  }

  static List<Arguments> postProcessors() {
    String special = "{'<s>': {'id': '<s>', 'ids': [0], 'tokens': ['<s>']}}";
    String text = "{'Sequence': {'id': 'A', 'type_id': 0}}";
    String begin = "{'SpecialToken': {'id': '<s>', 'type_id': 0}}";
    String good = template(begin + "," + text, special);
    return List.of(
        postProcessor("{'type': 'Magic'}", "unknown type 'Magic'"),
        postProcessor(
            template("{'SpecialToken': {'id': '<x>', 'type_id': 0}}, " + text, special),
            "names the token \"<x>\", which special_tokens does not define"),
        postProcessor(
            template("{'Sequence': {'id': 'B', 'type_id': 0}}", special),
            "does not contain the text, sequence A, exactly once"),
        postProcessor(template(begin, special), "exactly once"),
        postProcessor(template(text + "," + text, special), "exactly once"),
        postProcessor(
            template(text, "{'<s>': {'id': '<s>', 'ids': [0, 1], 'tokens': ['<s>']}}"),
            "has 2 ids and 1 tokens"),
        postProcessor(
            template(text, "{'<s>': {'id': '<s>', 'ids': [4000000000], 'tokens': ['<s>']}}"),
            "from 0 to 5"),
        postProcessor(
            "{'type': 'Sequence', 'processors': [%s, %s]}".formatted(good, good),
            "comes after another processor that adds tokens"),
        postProcessor(
            "{'type': 'BertProcessing', 'sep': ['x', 9], 'cls': ['y', 0]}", "from 0 to 5"),
        postProcessor("{'type': 'BertProcessing', 'sep': ['x'], 'cls': ['y', 0]}", "[token, id]"),
        postProcessor(
            "{'type': 'RobertaProcessing', 'sep': ['x', 0], 'cls': ['y', 0], 'trim_offsets': 1}",
            "must be true or false"));
  }

  static List<Arguments> decoders() {
    return List.of(
        decoder("{'type': 'Rot13'}", "unknown type 'Rot13'"),
        decoder("{'type': 'Strip', 'content': 'a', 'start': 0, 'stop': 1}", "only 0 is allowed"),
        decoder(
            "{'type': 'Strip', 'content': 'a', 'start': 99999999999, 'stop': 0}", "from 0 to 1024"),
        decoder("{'type': 'Strip', 'content': '', 'start': 1, 'stop': 0}", "one character"),
        decoder("{'type': 'BPEDecoder', 'suffix': ''}", "is empty"),
        decoder(
            "{'type': 'CTC', 'pad_token': 'p', 'word_delimiter_token': '', 'cleanup': true}",
            "is empty"),
        decoder(replace("{'Regex': 'a*'}", "b"), "which matches the empty text"),
        decoder(replace("{'Regex': 'a+b'}", "b"), "quadratic in the length of the text"),
        decoder(replace("{'String': 'a'}", "b".repeat(200)), "lengthens a text more than 64 times"),
        decoder(
            "{'type': 'Sequence', 'decoders': ["
                + "{'type': 'Fuse'}, ".repeat(17)
                + "{'type': 'Fuse'}]}",
            "at most 16 are allowed"));
  }

  static List<Arguments> others() {
    return List.of(
        part("added_tokens", "[" + TokenizerJson.added(0, "", "") + "]", "is empty"),
        part("added_tokens", "[" + TokenizerJson.added(-1, "x", "") + "]", "from 0 to 16777216"),
        part("added_tokens", "[{'id': 0, 'content': 'x'}]", "has no 'normalized'"),
        part(
            "added_tokens",
            "[" + TokenizerJson.added(0, "x".repeat(1000), "") + "]",
            "has 1000 characters"),
        part(
            "added_tokens",
            "[" + TokenizerJson.added(0, "  ", "lstrip") + "]",
            "white space alone"),
        part("added_tokens", "{}", "must be a list"),
        part("added_tokens", "[" + "0,".repeat(50_000) + "0]", "at most 50000 are allowed"),
        part("version", "'2.0'", "known is \"1.0\""),
        part(
            "truncation",
            "{'max_length': 4, 'stride': 4, 'strategy': 'LongestFirst'}",
            "which is not below max_length 4"),
        part(
            "padding",
            "{'strategy': {'Fixed': -1}, 'direction': 'Left', 'pad_id': 0, 'pad_type_id': 0, 'pad_token': 'p'}",
            "from 0 to"));
  }

  @ParameterizedTest
  @MethodSource("emptied")
  void tokensThatMayBeEmptyAfterTheNormalizer(String normalizer, String content) {
    Path file =
        TokenizerJson.base()
            .with("normalizer", normalizer.replace('\'', '"'))
            .with("added_tokens", "[" + TokenizerJson.added(9, content, "normalized") + "]")
            .write(directory);

    assertThatThrownBy(() -> TokenizerFile.read(file))
        .hasMessageContaining("may be empty after the normalizer");
  }

  static List<Arguments> emptied() {
    String strip = "{'type': 'Strip', 'strip_left': true, 'strip_right': true}";
    return List.of(
        Arguments.of(strip, "  "),
        Arguments.of("{'type': 'StripAccents'}", "\u0301"),
        Arguments.of(replace("{'String': 'x'}", ""), "xx"),
        Arguments.of(replace("{'Regex': '[a-z]+'}", ""), "key"),
        Arguments.of(
            "{'type': 'Sequence', 'normalizers': [{'type': 'Lowercase'}, %s]}"
                .formatted(replace("{'Regex': '[a-z<>]'}", "")),
            "<KEY>"),
        Arguments.of(
            "{'type': 'Sequence', 'normalizers': [%s, %s]}"
                .formatted(replace("{'String': 'a'}", " "), strip),
            "aa"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void jsonThatParsersReadInTwoWays(byte[] json, String problem) throws IOException {
    Path file = Files.write(directory.resolve("tokenizer.json"), json);

    assertThatThrownBy(() -> TokenizerFile.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("Cannot load tokenizer: tokenizer.json ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  static List<Arguments> broken() {
    String base = TokenizerJson.base().toString();
    return List.of(
        broken(
            base.replace("\"decoder\"", "\"model\": {}, \"decoder\""), "Duplicate field 'model'"),
        broken(base.replace("\"decoder\": {", "\"decoder\": {\"x\": \"\\ud800\", "), "surrogate"),
        broken(base.replace("\"decoder\": {", "\"decoder\": {\"x\": 1e999, "), "out of range"),
        broken(base.replace("\"decoder\": {", "\"decoder\": {\"x\": 01, "), "not valid JSON"),
        broken(base + "x", "not valid JSON"),
        broken(base.substring(0, base.length() - 9), "not valid JSON"),
        broken("[".repeat(500), "not valid JSON"),
        broken("[1]", "not a JSON object"),
        broken("", "not a JSON object"),
        broken(base.replace("\"version\"", "\"vendor\": 1, \"version\""), "unknown key 'vendor'"),
        broken(base.replace("\"model\"", "\"modell\""), "unknown key 'modell'"),
        Arguments.of(
            base.replace("</s>", "\u00e9").getBytes(StandardCharsets.ISO_8859_1), "not UTF-8"));
  }

  private static Arguments broken(String json, String problem) {
    return Arguments.of(json.getBytes(StandardCharsets.UTF_8), problem);
  }

  private static Arguments part(String key, String json, String problem) {
    return Arguments.of(key, json.replace('\'', '"'), problem);
  }

  private static Arguments model(String json, String problem) {
    return part("model", json, problem);
  }

  private static Arguments normalizer(String json, String problem) {
    return part("normalizer", json, problem);
  }

  private static Arguments preTokenizer(String json, String problem) {
    return part("pre_tokenizer", json, problem);
  }

  private static Arguments postProcessor(String json, String problem) {
    return part("post_processor", json, problem);
  }

  private static Arguments decoder(String json, String problem) {
    return part("decoder", json, problem);
  }

  private static String bpe(String vocab, String merges, String more) {
    return "{'type': 'BPE', 'vocab': " + vocab + ", 'merges': " + merges + more + "}";
  }

  private static String replace(String pattern, String content) {
    return "{'type': 'Replace', 'pattern': " + pattern + ", 'content': '" + content + "'}";
  }

  private static String split(String pattern) {
    return "{'type': 'Split', 'pattern': " + pattern + ", 'behavior': 'Isolated', 'invert': false}";
  }

  private static String precompiled(String base64) {
    return "{'type': 'Precompiled', 'precompiled_charsmap': '" + base64 + "'}";
  }

  private static String template(String single, String special) {
    return "{'type': 'TemplateProcessing', 'single': [%s], 'pair': [], 'special_tokens': %s}"
        .formatted(single, special);
  }
}
