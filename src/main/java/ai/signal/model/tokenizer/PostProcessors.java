package ai.signal.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Validates {@code post_processor}. Panics of tokenizers 0.21.4 that this prevents: a template with
 * a special token that is not defined (index of a map), with sequence B in a template for one text
 * (index of a list), and a template after another one ({@code todo!()}).
 */
final class PostProcessors {
  private static final Set<String> TYPES =
      Set.of("ByteLevel", "BertProcessing", "RobertaProcessing", "TemplateProcessing", "Sequence");

  private static final int MAX_STEPS = 8;
  private static final int MAX_PIECES = 32;
  private static final int MAX_SPECIAL = 256;
  private static final int MAX_TYPE_ID = 1 << 20;

  private PostProcessors() {}

  /**
   * Checks the processor and those in it.
   *
   * @param vocabSize one more than the highest id that exists
   */
  static void check(Part part, int vocabSize) {
    List<Part> steps = new ArrayList<>();
    flatten(part, steps);
    boolean framed = false;
    for (Part step : steps) {
      boolean frames = !step.type().equals("ByteLevel");
      one(step, vocabSize);
      if (frames && framed) {
        throw step.refusal("comes after another processor that adds tokens");
      }
      framed |= frames;
    }
  }

  private static void flatten(Part part, List<Part> steps) {
    if (part.object().type().equals("Sequence")) {
      part.only("processors");
      part.list("processors", MAX_STEPS).forEach(step -> flatten(step, steps));
    } else {
      steps.add(part);
      if (steps.size() > MAX_STEPS) {
        throw part.refusal("is one of more than " + MAX_STEPS + " steps");
      }
    }
  }

  private static void one(Part part, int vocabSize) {
    switch (part.type()) {
      case "ByteLevel" -> PreTokenizers.byteLevel(part);
      case "BertProcessing" -> {
        part.only("sep", "cls");
        frame(part, vocabSize);
      }
      case "RobertaProcessing" -> {
        part.only("sep", "cls", "trim_offsets", "add_prefix_space");
        frame(part, vocabSize);
        part.flag("trim_offsets");
        part.flag("add_prefix_space");
      }
      case "TemplateProcessing" -> template(part, vocabSize);
      default -> throw part.unknownType(TYPES);
    }
  }

  private static void frame(Part part, int vocabSize) {
    for (String key : List.of("sep", "cls")) {
      List<Part> pair = part.list(key, 2);
      if (pair.size() != 2) {
        throw part.get(key).refusal("is not [token, id]");
      }
      pair.get(0).text();
      pair.get(1).integer(0, vocabSize - 1);
    }
  }

  private static void template(Part part, int vocabSize) {
    part.only("single", "pair", "special_tokens");
    Part special = part.get("special_tokens").object();
    if (special.node().size() > MAX_SPECIAL) {
      throw special.refusal("has more than " + MAX_SPECIAL + " tokens");
    }
    special
        .node()
        .fieldNames()
        .forEachRemaining(name -> specialToken(special.get(name), vocabSize));
    pieces(part.list("pair", MAX_PIECES), special.node());
    List<Part> single = part.list("single", MAX_PIECES);
    long texts = pieces(single, special.node());
    boolean second =
        single.stream().anyMatch(piece -> piece.node().at("/Sequence/id").asText().equals("B"));
    if (texts != 1 || second) {
      throw part.get("single").refusal("does not contain the text, sequence A, exactly once");
    }
  }

  private static void specialToken(Part token, int vocabSize) {
    token.only("id", "ids", "tokens");
    token.text("id");
    List<Part> ids = token.list("ids", MAX_SPECIAL);
    List<Part> tokens = token.list("tokens", MAX_SPECIAL);
    if (ids.size() != tokens.size()) {
      throw token.refusal("has " + ids.size() + " ids and " + tokens.size() + " tokens");
    }
    ids.forEach(id -> id.integer(0, vocabSize - 1));
    tokens.forEach(Part::text);
  }

  /** Checks the pieces of a template and counts those that stand for a text. */
  private static long pieces(List<Part> pieces, JsonNode special) {
    long texts = 0;
    for (Part piece : pieces) {
      piece.only("SpecialToken", "Sequence");
      if (piece.object().node().size() != 1) {
        throw piece.refusal("is not one SpecialToken or Sequence");
      }
      boolean text = piece.node().has("Sequence");
      Part content = piece.get(text ? "Sequence" : "SpecialToken");
      content.only("id", "type_id");
      content.integer("type_id", 0, MAX_TYPE_ID);
      if (text) {
        content.oneOf("id", Set.of("A", "B"));
        texts++;
      } else if (!special.has(content.text("id"))) {
        throw content.refusal(
            "names the token %s, which special_tokens does not define"
                .formatted(content.get("id").node()));
      }
    }
    return texts;
  }
}
