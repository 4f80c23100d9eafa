package ai.signal.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** A double-array trie written by hand: one block of 256 units for each node. */
class CharsMapTest {
  private static final int BLOCK = 256;
  private static final int LEAF = 1 << 8;

  /** Units: the root's offset, the child 'a' of the root, and its leaf. */
  private final int[] units = new int[3 * BLOCK];

  private byte[] replacements = "b\0".getBytes(StandardCharsets.UTF_8);

  CharsMapTest() {
    units[0] = BLOCK << 10;
    units[BLOCK ^ 'a'] = 'a' | LEAF | ((BLOCK ^ 'a' ^ 2 * BLOCK) << 10);
  }

  @Test
  void aMapThatIsWellFormed() {
    CharsMap map = parse();

    assertThat(map.replaces('a')).isTrue();
    assertThat(map.replaces('b')).isFalse();
    assertThat(map.growth()).isEqualTo(1);
  }

  @Test
  void growthIsThatOfTheLongestReplacement() {
    replacements = "four\0".getBytes(StandardCharsets.UTF_8);

    assertThat(parse().growth()).isEqualTo(4);
  }

  @Test
  void aTextMustNotBeEmptied() {
    replacements = "\0".getBytes(StandardCharsets.UTF_8);
    String json = "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"" + base64() + "\"}";
    Part part = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8), Path.of("tokenizer.json"));
    Normalizers normalizers = Normalizers.check(java.util.Optional.of(part));

    assertThat(normalizers.keep("aa", false)).isFalse();
    assertThat(normalizers.keep("ab", false)).isTrue();
  }

  @Test
  void aTrieThatEndsTooEarly() {
    units[BLOCK ^ 'a'] = 'a' | LEAF | ((BLOCK ^ 'a' ^ 9 * BLOCK) << 10);

    assertRefused("whose leaf 2304 does not exist");

    units[BLOCK ^ 'a'] = 'a' | ((BLOCK ^ 'a' ^ 9 * BLOCK) << 10);

    assertRefused("whose node 2304 does not exist");
  }

  @Test
  void aRootThatPointsOutside() {
    units[0] = (64 * BLOCK) << 10;

    assertRefused("does not exist");
  }

  @Test
  void replacementsThatDoNotBegin() {
    units[2 * BLOCK] = 3;

    assertRefused("has a replacement at 3, where none begins");

    replacements = "\u00e9\0".getBytes(StandardCharsets.UTF_8);
    units[2 * BLOCK] = 1;

    assertRefused("has a replacement at 1, where none begins");
  }

  @Test
  void replacementsThatAreTooLong() {
    replacements = "x".repeat(200).getBytes(StandardCharsets.UTF_8);

    assertRefused("has a replacement of more than 128 bytes");
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(this::parse).hasMessageContaining(problem);
  }

  private CharsMap parse() {
    return CharsMap.parse(new Part(Path.of("tokenizer.json"), "map", new TextNode(base64())));
  }

  private String base64() {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 + 4 * units.length + replacements.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(4 * units.length);
    for (int unit : units) {
      bytes.putInt(unit);
    }
    return Base64.getEncoder().encodeToString(bytes.put(replacements).array());
  }
}
