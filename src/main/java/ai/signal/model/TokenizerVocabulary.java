package ai.signal.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;

/** What the JNI face of the tokenizer does not tell: the range of its ids. */
final class TokenizerVocabulary {
  private TokenizerVocabulary() {}

  /** One more than the highest id of the vocabulary and of the added tokens. */
  static int size(Path tokenizerJson) {
    JsonFile json = JsonFile.read("tokenizer", tokenizerJson);
    JsonFile model = json.object("model").orElseThrow(() -> json.missing("model"));
    JsonNode vocabulary = model.value("vocab").orElseThrow(() -> model.missing("vocab"));
    int size = 0;
    if (vocabulary.isArray()) { // Unigram: a list of [token, score], where the place is the id
      size = vocabulary.size();
    } else {
      for (JsonNode id : vocabulary) {
        size = Math.max(size, id.asInt() + 1);
      }
    }
    for (JsonNode token : json.value("added_tokens").orElse(MissingNode.getInstance())) {
      size = Math.max(size, token.path("id").asInt() + 1);
    }
    return size;
  }
}
