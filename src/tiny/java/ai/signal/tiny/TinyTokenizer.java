package ai.signal.tiny;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The tiny model's tokenizer as the files that Hugging Face's tokenizers and transformers read. */
final class TinyTokenizer {
  static final String PAD = "<pad>";
  static final List<String> SPECIAL =
      List.of(Corpus.START, Chats.END, PAD, Chats.SYSTEM, Chats.USER, Chats.ASSISTANT);

  /** An upper bound: the little world needs fewer before each of its words is one token. */
  private static final int LARGEST_VOCABULARY = 1000;

  private static final int DOCUMENTS = 6_000;

  /**
   * Roles as marks; the generation block is what apply_chat_template's assistant mask, and so the
   * loss, covers.
   */
  static final String CHAT_TEMPLATE =
      """
      {{- bos_token }}
      {%- for message in messages %}
        {%- if message['role'] == 'assistant' %}
          {{- '<|assistant|>' }}
          {%- generation %}{{- message['content'] + eos_token }}{%- endgeneration %}
        {%- elif message['role'] == 'system' or message['role'] == 'user' %}
          {{- '<|' + message['role'] + '|>' + message['content'] }}
        {%- else %}
          {{- raise_exception('Cannot render role ' + message['role'] + ': allowed are system, user and assistant') }}
        {%- endif %}
      {%- endfor %}
      {%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}
      """
          .strip();

  static BpeVocabulary train(Corpus corpus) {
    return BpeTrainer.train(
        LongStream.range(0, DOCUMENTS).mapToObj(corpus::document), SPECIAL, LARGEST_VOCABULARY);
  }

  /** File name to content. */
  static Map<String, String> files(BpeVocabulary vocabulary) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("tokenizer.json", Json.pretty(tokenizer(vocabulary)));
    files.put("tokenizer_config.json", Json.pretty(config()));
    return files;
  }

  private static ObjectNode tokenizer(BpeVocabulary vocabulary) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (int id = 0; id < SPECIAL.size(); id++) {
      added.add(addedToken(SPECIAL.get(id)).put("id", id));
    }
    json.putNull("normalizer");
    ObjectNode before = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = before.putArray("pretokenizers");
    ObjectNode split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", BpeTrainer.SPLIT);
    split.put("behavior", "Isolated").put("invert", false);
    steps.add(byteLevel());
    json.set("post_processor", startOfText());
    json.set("decoder", byteLevel());
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      vocab.put(vocabulary.tokens().get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    vocabulary.merges().forEach(merge -> merges.addArray().add(merge.left()).add(merge.right()));
    return json;
  }

  private static ObjectNode addedToken(String token) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("content", token).put("single_word", false).put("lstrip", false);
    return json.put("rstrip", false).put("normalized", false).put("special", true);
  }

  private static ObjectNode byteLevel() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "ByteLevel");
    return json.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", false);
  }

  /** {@code <s>} before a text. */
  private static ObjectNode startOfText() {
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "TemplateProcessing");
    for (String form : List.of("single", "pair")) {
      ArrayNode parts = json.putArray(form);
      int texts = form.equals("single") ? 1 : 2;
      for (int i = 0; i < texts; i++) {
        parts.addObject().putObject("SpecialToken").put("id", Corpus.START).put("type_id", i);
        parts.addObject().putObject("Sequence").put("id", i == 0 ? "A" : "B").put("type_id", i);
      }
    }
    ObjectNode start = json.putObject("special_tokens").putObject(Corpus.START);
    start.put("id", Corpus.START);
    start.putArray("ids").add(SPECIAL.indexOf(Corpus.START));
    start.putArray("tokens").add(Corpus.START);
    return json;
  }

  private static ObjectNode config() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("tokenizer_class", "PreTrainedTokenizerFast");
    json.put("bos_token", Corpus.START).put("eos_token", Chats.END).put("pad_token", PAD);
    ArrayNode more = json.putArray("additional_special_tokens");
    SPECIAL.subList(3, SPECIAL.size()).forEach(more::add);
    json.put("clean_up_tokenization_spaces", false);
    json.put("model_max_length", TinyArchitecture.MAX_POSITIONS);
    return json.put("chat_template", CHAT_TEMPLATE);
  }

  private TinyTokenizer() {}
}
