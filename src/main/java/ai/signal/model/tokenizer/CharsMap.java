package ai.signal.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * Validates a {@code precompiled_charsmap} of SentencePiece, as spm_precompiled 0.1.4 reads it: the
 * bytes of a double-array trie, the trie, and replacements that end at NUL. The library indexes the
 * trie and cuts replacements unchecked, so every node that a character can reach is visited here.
 */
final class CharsMap {
  private static final int MAX_BYTES = 8 << 20;

  /** Keys are single characters, and grapheme clusters of at most 5 bytes. */
  private static final int MAX_KEY = 5;

  private static final int MAX_REPLACEMENT = 128;

  private final Part part;
  private final int[] units;
  private final byte[] replacements;
  private final BitSet replacedBytes = new BitSet();
  private double growth = 1;

  private CharsMap(Part part, int[] units, byte[] replacements) {
    this.part = part;
    this.units = units;
    this.replacements = replacements;
  }

  static CharsMap parse(Part part) {
    ByteBuffer bytes = ByteBuffer.wrap(decode(part)).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < 4) {
      throw part.refusal("is too short to have a trie");
    }
    long trieBytes = Integer.toUnsignedLong(bytes.getInt());
    if (trieBytes / 4 < 1 || trieBytes / 4 > bytes.remaining() / 4) {
      throw part.refusal(
          "has a trie of %d bytes, but only %d follow".formatted(trieBytes, bytes.remaining()));
    }
    int[] units = new int[(int) (trieBytes / 4)];
    bytes.asIntBuffer().get(units);
    bytes.position(bytes.position() + units.length * 4);
    byte[] replacements = new byte[bytes.remaining()];
    bytes.get(replacements);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw part.refusal("has replacements that are not UTF-8 text");
    }
    CharsMap map = new CharsMap(part, units, replacements);
    map.visit();
    return map;
  }

  private static byte[] decode(Part part) {
    String base64 = part.text();
    if (base64.length() > MAX_BYTES / 3 * 4) {
      throw part.refusal("has more than " + MAX_BYTES + " bytes");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // refused below, together with text that only a lenient reader takes
    }
    throw part.refusal("is not base64");
  }

  /** The largest factor by which the bytes of a text may grow. */
  double growth() {
    return growth;
  }

  /** Whether this ASCII character is replaced. */
  boolean replaces(char c) {
    return replacedBytes.get(c);
  }

  private record Node(int position, int depth) {}

  private void visit() {
    Deque<Node> open = new ArrayDeque<>();
    BitSet seen = new BitSet();
    open.add(new Node(offset(units[0]), 0));
    while (!open.isEmpty()) { // breadth first: a node is seen at its least depth
      Node node = open.remove();
      for (int label = 1; label < 256; label++) {
        int position = node.position() ^ label;
        if (position >= units.length) {
          throw part.refusal("has a trie whose node " + position + " does not exist");
        }
        int unit = units[position];
        if ((unit & 0x800000ff) != label) {
          continue;
        }
        int next = position ^ offset(unit);
        if (((unit >> 8) & 1) == 1) {
          leaf(next, node.depth() + 1);
          replacedBytes.set(label, node.depth() == 0 || replacedBytes.get(label));
        }
        if (node.depth() + 1 < MAX_KEY && !seen.get(next)) {
          if (next >= units.length) {
            throw part.refusal("has a trie whose node " + next + " does not exist");
          }
          seen.set(next);
          open.add(new Node(next, node.depth() + 1));
        }
      }
    }
  }

  private void leaf(int position, int keyBytes) {
    if (position >= units.length) {
      throw part.refusal("has a trie whose leaf " + position + " does not exist");
    }
    int start = units[position] & 0x7fffffff;
    boolean between =
        start < replacements.length && (replacements[start] & 0xc0) == 0x80; // inside a character
    if (start > replacements.length || between) {
      throw part.refusal("has a replacement at " + start + ", where none begins");
    }
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    if (end - start > MAX_REPLACEMENT) {
      throw part.refusal("has a replacement of more than " + MAX_REPLACEMENT + " bytes");
    }
    String replacement = new String(replacements, start, end - start, StandardCharsets.UTF_8);
    growth = Math.max(growth, (double) Normalizers.expanded(replacement) / keyBytes);
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }
}
