package ai.signal.model.tokenizer.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTest {
  private static final String ENGLISH = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private static final String LLAMA3 =
      ENGLISH
          + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + SPACES;

  private static final String TEKKEN =
      "[^\\r\\n\\p{L}\\p{N}]?"
          + UPPER
          + "*"
          + LOWER
          + "+|[^\\r\\n\\p{L}\\p{N}]?"
          + UPPER
          + "+"
          + LOWER
          + "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
          + SPACES;

  /** Of GPT-2, Llama 3, Qwen, GPT-4, o200k, Tekken, DeepSeek, BLOOM, CLIP, Falcon and T5. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        GPT2,
        LLAMA3,
        ENGLISH + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES,
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
        "[^\\r\\n\\p{L}\\p{N}]?"
            + UPPER
            + "*"
            + LOWER
            + "+"
            + ENGLISH
            + "?|[^\\r\\n\\p{L}\\p{N}]?"
            + UPPER
            + "+"
            + LOWER
            + "*"
            + ENGLISH
            + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
            + SPACES,
        TEKKEN,
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
            + SPACES,
        "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lo}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lo}&&[^\\p{Han}]]+(?i:'s|'t)?",
        "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+",
        "\\s+$",
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
        "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
        "[0-9][0-9][0-9]",
        " {2,}",
        "\\s+"
      })
  void patternsOfModelFamiliesAreBounded(String pattern) throws PatternException {
    assertThat(Pattern.parse(pattern).bytes()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "(a+)+b            @may try exponentially many ways",
        "(a|a)*b           @may try exponentially many ways",
        "(a|ab)*c          @may try exponentially many ways",
        "(.*)*x            @may try exponentially many ways",
        "((a|b)+)*c        @may try exponentially many ways",
        "(?:a{1,2})+b      @may try exponentially many ways",
        "\\s*\\s*x         @length ^ 2",
        "\\w+\\s?\\w+x     @length ^ 2",
        ".*.*=.*           @length ^ 2",
        "a+(?=.*b)c        @length ^ 2",
        "(?:(?:a{0,9}){0,9}){0,9}b@may try too many ways",
        "(?:a{1,50}){1,50}{1,50}  @is too large",
        "a*                @matches the empty text",
        "x?y*              @matches the empty text",
        "a|b*              @matches the empty text",
        "(?=a)             @matches the empty text",
        "\\b               @matches the empty text",
        "^                 @matches the empty text",
        "(?>a*)            @matches the empty text",
        "(a)\\1            @has '\\1'",
        "\\g<1>            @has '\\g'",
        "(?<n>a)           @has '(?<'",
        "(?R)              @has '(?R'",
        "(?~a)             @has '(?~'",
        "(?x) a            @has '(?x'",
        "a(?i)b|c          @has no ':'",
        "(?)a              @has a group without options",
        "\\X               @has '\\X'",
        "\\G               @has '\\G'",
        "a{1,100000}       @has a repetition that is not a number from 0 to 1000",
        "a{3}?             @has a repetition that Oniguruma reads in another way",
        "a{2,1}            @has a repetition that Oniguruma reads in another way",
        "a{x}              @has a repetition that is not a number",
        "{                 @has '{' that is not a repetition",
        "(?<=a+)b          @has a lookbehind of unbounded length",
        "(?=a)*b           @repeats a condition",
        "((((((((((((((a))))))))))))))@nests groups more than 12 deep",
        "[[[[[a]]]]]       @nests classes more than 4 deep",
        "[]a]              @has an empty class",
        "[z-a]             @has a range whose end comes before its start",
        "[a-\\d]           @has a range that ends with a class",
        "\\x{D800}         @has the code point 'D800'",
        "\\p{Foo}          @has the unknown property 'Foo'",
        "[a                @ends too early",
        "(                 @has no ')'",
        "a)                @has a ')' without '('",
        "+a                @has '+' with nothing to repeat",
        "(*FAIL)           @has a callout"
      })
  void refused(String pattern, String problem) {
    assertThatThrownBy(() -> Pattern.parse(pattern))
        .isInstanceOf(PatternException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void whatTheNextItemCannotBeginWithIsGivenBackAtOnce() throws PatternException {
    assertThat(Pattern.parse("(?:\\r?\\n)+x").factor()).isLessThan(10);
    assertThat(Pattern.parse("[a-z]+[0-9]+x").factor()).isLessThan(10);
    assertThatThrownBy(() -> Pattern.parse("[a-z]+[a-z0-9]+!")).hasMessageContaining("length ^ 2");
  }

  @Test
  void unknownCharactersMayHaveEveryProperty() {
    // Unicode grows: a character that this JVM does not know may be a letter for the library.
    assertThatThrownBy(() -> Pattern.parse("\\p{L}+[^\\p{L}]+x")).hasMessageContaining("length");
  }

  @ParameterizedTest
  @ValueSource(strings = {GPT2, LLAMA3, TEKKEN, "\\s+$|\\s+", " {2,}", "\\p{L}+"})
  void runsAreScannedOnce(String pattern) throws PatternException {
    assertThat(Pattern.parse(pattern).rescanned()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\\s+$", "\\s+$|\\s", "a+b", "\\s++$|\\p{L}+", "\\s(?=\\s*x)|\\s+", "(?:ab)+c"})
  void runsAreScannedFromEachOfTheirCharacters(String pattern) throws PatternException {
    assertThat(Pattern.parse(pattern).rescanned()).isNotEmpty();
  }

  @Test
  void charactersOfAMatch() throws PatternException {
    Pattern pattern = Pattern.parse("(?i:k)[^a-y]\\d(?!x)");

    assertThat("kK\u212az0".codePoints()).allMatch(pattern::mayMatch);
    assertThat("abx".codePoints()).noneMatch(pattern::mayMatch);
    assertThat(Pattern.literal("a+").mayMatch('+')).isTrue();
    assertThat(Pattern.literal("\u2581").bytes()).isEqualTo(3);
  }
}
