package ai.signal.tiny;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Learns a byte-level BPE vocabulary: again and again the most frequent pair of neighbouring tokens
 * becomes one token. Between equally frequent pairs the one with the smaller ids wins, so the
 * result depends on the texts alone.
 */
final class BpeTrainer {
  /**
   * GPT-2's splitting, except that every digit stands alone. The same regular expression goes into
   * tokenizer.json.
   */
  static final String SPLIT =
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  /** Not worth a token below this. */
  private static final int FEWEST = 2;

  private final List<String> tokens;
  private final List<Word> words;

  private BpeTrainer(List<String> tokens, List<Word> words) {
    this.tokens = tokens;
    this.words = words;
  }

  /** Stops at {@code size} tokens, or earlier when no pair is left that occurs twice. */
  static BpeVocabulary train(Stream<String> texts, List<String> special, int size) {
    List<String> tokens = new ArrayList<>(special);
    tokens.addAll(ByteAlphabet.characters());
    Map<String, Integer> ids = new HashMap<>();
    for (int id = special.size(); id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    List<Word> words = new ArrayList<>();
    countWords(texts, special)
        .forEach(
            (word, count) ->
                words.add(new Word(ByteAlphabet.of(word).stream().map(ids::get).toList(), count)));
    List<BpeVocabulary.Merge> merges = new BpeTrainer(tokens, words).merge(size);
    return new BpeVocabulary(special, tokens, merges);
  }

  private static Map<String, Long> countWords(Stream<String> texts, List<String> special) {
    Pattern marks =
        Pattern.compile(String.join("|", special.stream().map(Pattern::quote).toList()));
    Pattern split = Pattern.compile(SPLIT);
    Map<String, Long> counts = new TreeMap<>();
    texts
        .flatMap(marks::splitAsStream)
        .forEach(
            text -> {
              Matcher word = split.matcher(text);
              while (word.find()) {
                counts.merge(word.group(), 1L, Long::sum);
              }
            });
    return counts;
  }

  private List<BpeVocabulary.Merge> merge(int size) {
    List<BpeVocabulary.Merge> merges = new ArrayList<>();
    while (tokens.size() < size) {
      Map<Pair, Long> counts = new HashMap<>();
      words.forEach(word -> word.count(counts));
      Map.Entry<Pair, Long> best =
          counts.entrySet().stream()
              .min(
                  Map.Entry.<Pair, Long>comparingByValue(Comparator.reverseOrder())
                      .thenComparing(Map.Entry.comparingByKey()))
              .orElse(null);
      if (best == null || best.getValue() < FEWEST) {
        return merges;
      }
      Pair pair = best.getKey();
      String left = tokens.get(pair.left());
      String right = tokens.get(pair.right());
      words.replaceAll(word -> word.merged(pair, tokens.size()));
      tokens.add(left + right);
      merges.add(new BpeVocabulary.Merge(left, right));
    }
    return merges;
  }

  private record Pair(int left, int right) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      return left != other.left
          ? Integer.compare(left, other.left)
          : Integer.compare(right, other.right);
    }
  }

  /** A word as ids, and how often it occurs. */
  private record Word(List<Integer> ids, long occurrences) {
    void count(Map<Pair, Long> counts) {
      for (int i = 0; i + 1 < ids.size(); i++) {
        counts.merge(new Pair(ids.get(i), ids.get(i + 1)), occurrences, Long::sum);
      }
    }

    Word merged(Pair pair, int id) {
      List<Integer> result = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        boolean here =
            ids.get(i) == pair.left() && i + 1 < ids.size() && ids.get(i + 1) == pair.right();
        result.add(here ? id : ids.get(i));
        i += here ? 1 : 0;
      }
      return result.size() == ids.size() ? this : new Word(result, occurrences);
    }
  }
}
