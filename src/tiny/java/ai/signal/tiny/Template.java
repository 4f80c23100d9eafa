package ai.signal.tiny;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of text with slots, such as {@code "{name1} sold a {colour1} {object1} to {name2}."}. A
 * slot is a kind of word and a number; the same slot holds the same word throughout a document.
 */
record Template(String text) {
  private static final Pattern SLOT = Pattern.compile("\\{([a-z]+)([0-9])}");

  String fill(Facts facts) {
    return SLOT.matcher(text)
        .replaceAll(slot -> Matcher.quoteReplacement(facts.get(slot.group(1) + slot.group(2))));
  }

  /**
   * Matches what {@link #fill} can make: every slot a word of its kind, a repeated slot the same
   * word again.
   */
  Pattern pattern() {
    StringBuilder regex = new StringBuilder();
    Set<String> seen = new HashSet<>();
    Matcher slot = SLOT.matcher(text);
    int end = 0;
    while (slot.find()) {
      regex.append(Pattern.quote(text.substring(end, slot.start())));
      String name = slot.group(1) + slot.group(2);
      regex.append(
          seen.add(name) ? "(?<" + name + ">" + words(slot.group(1)) + ")" : "\\k<" + name + ">");
      end = slot.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(text.substring(end))).toString());
  }

  private static String words(String kind) {
    return switch (kind) {
      case "count" -> "[0-9]+";
      case "he" -> "he|she";
      default -> String.join("|", World.WORDS.get(kind));
    };
  }
}
