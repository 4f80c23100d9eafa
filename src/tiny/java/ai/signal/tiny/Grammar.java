package ai.signal.tiny;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells sentences of the little world from nonsense. Made of the templates that the corpus is made
 * of.
 */
final class Grammar {
  private static final String WORD = "(?:" + String.join("|", World.REMEMBERED) + ")";
  private static final String NAME = "(?:" + String.join("|", World.NAMES) + ")";
  private static final Pattern MEMORY_GAME =
      Pattern.compile(
          "(?<name>%s) has to remember: (?<words>%s(?:, %s)*)\\. \\k<name> remembers: \\k<words>\\."
              .formatted(NAME, WORD, WORD));
  private static final Pattern REPETITION =
      Pattern.compile(
          "%s said: (?<words>%s(?: %s)*)(?:; \\k<words>)+\\.".formatted(NAME, WORD, WORD));
  private static final Pattern RETELLING =
      Pattern.compile("%s wrote: \"(?<told>[^\"]+)\" %s read: \"\\k<told>\"".formatted(NAME, NAME));
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?]\"? |</s>");

  private final List<Pattern> sentences =
      Stream.of(
              Stories.ALL.stream().flatMap(Story::templates),
              Requests.templates(),
              Chats.templates())
          .flatMap(templates -> templates)
          .map(Template::pattern)
          .toList();

  /**
   * How many sentences of a text are well formed; an exchange of question and answer counts as one.
   */
  record Verdict(int right, int wrong) {
    boolean passed() {
      return wrong == 0 && right > 0;
    }
  }

  /** Judges one document, with or without {@code <s>} and {@code </s>}. */
  Verdict judge(String document) {
    String text =
        document.startsWith(Corpus.START) ? document.substring(Corpus.START.length()) : document;
    int right = 0;
    int wrong = 0;
    int at = 0;
    while (at < text.length() && !text.substring(at).equals(Chats.END)) {
      int end = sentenceEnd(text, at);
      if (end > at) {
        right++;
      } else {
        wrong++;
        end = nextSentence(text, at);
      }
      at = end < text.length() && text.charAt(end) == ' ' ? end + 1 : end;
    }
    return new Verdict(right, wrong);
  }

  /** The end of the longest known sentence that starts there, or -1. */
  private int sentenceEnd(String text, int start) {
    int end = -1;
    for (Pattern sentence : sentences) {
      end = Math.max(end, endOf(sentence.matcher(text), start));
    }
    end = Math.max(end, endOf(MEMORY_GAME.matcher(text), start));
    end = Math.max(end, endOf(REPETITION.matcher(text), start));
    Matcher retelling = RETELLING.matcher(text);
    int retold = endOf(retelling, start);
    return retold > end && judge(retelling.group("told")).passed() ? retold : end;
  }

  private static int endOf(Matcher matcher, int start) {
    return matcher.region(start, matcher.regionEnd()).lookingAt() ? matcher.end() : -1;
  }

  private static int nextSentence(String text, int start) {
    Matcher end = SENTENCE_END.matcher(text);
    return end.find(start) ? Math.max(end.end(), start + 1) : text.length();
  }
}
