package ai.signal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.SparkExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of tables, files and DataFrames as training data. */
@ExtendWith(SparkExtension.class)
class RowSourcesTest {
  private static final StructType PAIRS =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("prompt", DataTypes.StringType)
          .add("completion", DataTypes.StringType);

  @TempDir private Path directory;
  private int output;

  @BeforeEach
  void writeModel() throws IOException {
    ByteTokenizer.write(directory.resolve("model"), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "csv", "rows"})
  void lanesAreTheSameHoweverTheRowsArePartitioned(String kind, SparkSession spark)
      throws IOException {
    Dataset<Row> pairs = pairs(spark);
    List<String> lanes = new ArrayList<>();
    for (int partitions : new int[] {1, 3, 7}) {
      spark.conf().set("spark.sql.shuffle.partitions", Integer.toString(partitions % 5 + 1));
      Dataset<Row> dealt =
          pairs.orderBy(functions.rand(partitions)).repartition(partitions).cache();
      DataSpec spec;
      if (kind.equals("rows")) {
        spec = new DataSpec(new DataSource.Rows(dealt, "pairs"), DataFormat.AUTO, 32);
      } else {
        write(dealt, kind);
        spec = spec(directory.resolve("in"));
      }
      lanes.add(laneBytes(prepare(spark, spec)));
      if (partitions == 7) {
        // A key orders by its value: in CSV it is a text.
        LaneDataset keyed = prepare(spark, spec.selecting(keyed("id")));
        assertThat(ids(keyed).get(kind.equals("csv") ? 2 : 10)).endsWith("@10");
      }
      dealt.unpersist();
    }
    spark.conf().set("spark.sql.shuffle.partitions", "2");
    assertThat(lanes.get(0)).hasLineCount(2);
    assertThat(lanes).containsOnly(lanes.get(0));
  }

  @Test
  void everySourceGivesTheSameExamples(SparkSession spark) throws IOException {
    Dataset<Row> pairs = pairs(spark);
    List<String> expected = content(prepare(spark, rows(pairs)));
    assertThat(expected).hasSize(60);
    for (String kind : List.of("parquet", "orc", "csv")) {
      write(pairs, kind);
      assertThat(content(prepare(spark, spec(directory.resolve("in"))))).isEqualTo(expected);
    }
    pairs.createOrReplaceTempView("pairs_of_test");
    LaneDataset table =
        prepare(spark, new DataSpec(new DataSource.Table("pairs_of_test"), DataFormat.AUTO, 32));
    assertThat(content(table)).isEqualTo(expected);
    String objects =
        String.join(",\n", pairs.drop("id").toJSON().collectAsList().toArray(String[]::new));
    Path array = Files.writeString(directory.resolve("pairs.json"), "[" + objects + "]");
    assertThat(content(prepare(spark, spec(array)))).isEqualTo(expected);
  }

  @Test
  void aTableIsReadAgainOnlyWhenItHasChanged(SparkSession spark) throws IOException {
    Dataset<Row> pairs = pairs(spark);
    LaneDataset first = prepare(spark, rows(pairs), "same");
    assertThat(prepare(spark, rows(pairs.repartition(5)), "same").reused()).isTrue();
    LaneDataset less = prepare(spark, rows(pairs.limit(59)), "same");
    assertThat(less.reused()).isFalse();
    assertThat(less.digest()).isNotEqualTo(first.digest());
  }

  @Test
  void rowsAreKnownByWhatTheyHold(SparkSession spark) throws IOException {
    Row twice = RowFactory.create(1L, "p", "c");
    Dataset<Row> rows =
        spark.createDataFrame(List.of(twice, twice, RowFactory.create(2L, "q", "d")), PAIRS);
    List<String> ids = ids(prepare(spark, rows(rows)));
    assertThat(ids).allMatch(id -> id.matches("pairs@[0-9a-f]{16}#[01]"));
    assertThat(ids).doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void aKeyIdentifiesOneRow(SparkSession spark) throws IOException {
    Dataset<Row> rows =
        spark.createDataFrame(
            List.of(
                RowFactory.create(10L, "p", "c"),
                RowFactory.create(9L, "p", "d"),
                RowFactory.create(9L, "p", "e"),
                RowFactory.create(null, "p", "f")),
            PAIRS);
    DataSpec spec = rows(rows).selecting(keyed("id"));
    assertThatThrownBy(() -> prepare(spark, spec))
        .hasMessageMatching(
            "Cannot read pairs row [0-9a-f]{16}#0: 'id' is null, and it is data.key");
    LaneDataset data = prepare(spark, spec.on(BadRecords.QUARANTINE));
    assertThat(ids(data)).containsExactly("pairs@9", "pairs@10");
    List<JsonNode> kept = quarantine(data);
    assertThat(kept).hasSize(2);
    assertThat(kept.get(0).toString().replaceAll("[0-9a-f]{16}", "HASH"))
        .isEqualTo(
            "{\"file\":\"pairs\",\"row\":\"HASH#0\",\"reason\":\"'id' is null, and it is data.key\","
                + "\"record\":\"{\\\"prompt\\\":\\\"p\\\",\\\"completion\\\":\\\"f\\\"}\"}");
    assertThat(kept.get(1).path("reason").asText())
        .isEqualTo("another record before it has this key too (data.key)");
  }

  @Test
  void anEmptyKeyIdentifiesNothing(SparkSession spark) throws IOException {
    Path csv = directory.resolve("a.csv");
    Files.writeString(csv, "id,prompt,completion\n,p,c\nx,p,d\n,p,e\n");
    DataSpec rows = spec(csv).selecting(keyed("id"));
    assertThatThrownBy(() -> prepare(spark, rows))
        .hasMessageMatching(".*csv row [0-9a-f]{16}#0: 'id' is empty, and it is data.key");
    LaneDataset data = prepare(spark, rows.on(BadRecords.QUARANTINE));
    assertThat(ids(data)).containsExactly(csv + "@x");
    assertThat(quarantine(data))
        .extracting(row -> row.path("record").asText())
        .containsExactlyInAnyOrder(
            "{\"prompt\":\"p\",\"completion\":\"c\"}", "{\"prompt\":\"p\",\"completion\":\"e\"}");

    // The last line, of no key at all, is not to hide those before it in the file.
    Path in = directory.resolve("a.jsonl");
    String line = "{\"id\": \"%s\", \"prompt\": \"p\", \"completion\": \"%s\"}\n";
    Files.writeString(
        in,
        line.formatted("", "1")
            + line.formatted("x", "2")
            + line.formatted("", "3")
            + "{\"prompt\": \"p\", \"completion\": \"4\"}\n");
    Selection byId =
        new Selection(
            Map.of("prompt", "prompt"), Optional.of("id"), Optional.empty(), Optional.empty());
    LaneDataset lines = prepare(spark, spec(in).selecting(byId).on(BadRecords.QUARANTINE));
    assertThat(ids(lines)).containsExactly("file:" + in + "@x");
    List<String> kept = new ArrayList<>();
    for (JsonNode row : quarantine(lines)) {
      String completion = row.path("record").asText().replaceAll(".*\"(.)\"}", "$1");
      kept.add(row.path("line") + " " + completion + " " + row.path("reason").asText());
    }
    assertThat(kept)
        .containsExactly(
            "1 1 'id' is empty, and it is data.key",
            "3 3 'id' is empty, and it is data.key",
            "4 4 'id' is null, and it is data.key");
  }

  /** Equal identities are one next to the other however Spark cuts the order into ranges. */
  @ParameterizedTest
  @ValueSource(strings = {"rows by key", "lines by key", "files by content"})
  void equalIdentitiesAreFoundHoweverTheyArePartitioned(String kind, SparkSession spark)
      throws IOException {
    List<Row> few = new ArrayList<>();
    for (long i = 0; i < 120; i++) {
      few.add(
          kind.endsWith("content")
              ? RowFactory.create(i, "p" + i % 3, "c")
              : RowFactory.create(i % 3, "p" + i, "c"));
    }
    Dataset<Row> rows = spark.createDataFrame(few, PAIRS);
    Path in = directory.resolve("in");
    String format = kind.startsWith("lines") ? "json" : "parquet";
    rows.repartition(4).write().format(format).save(in.toString());
    Selection byId =
        new Selection(
            Map.of("prompt", "prompt"), Optional.of("id"), Optional.empty(), Optional.empty());
    List<String> seen = new ArrayList<>();
    for (int partitions : new int[] {1, 3, 7}) {
      for (String shuffle : List.of("1", "8")) {
        for (String coalesce : List.of("true", "false")) {
          Map<String, String> conf =
              Map.of(
                  "spark.sql.shuffle.partitions",
                  shuffle,
                  "spark.sql.adaptive.enabled",
                  "true",
                  "spark.sql.adaptive.coalescePartitions.enabled",
                  coalesce,
                  "spark.sql.files.maxPartitionBytes",
                  Integer.toString(6000 / partitions));
          DataSpec all = kind.startsWith("rows") ? rows(rows.repartition(partitions)) : spec(in);
          DataSpec spec =
              (kind.endsWith("key") ? all.selecting(byId) : all).on(BadRecords.QUARANTINE);
          with(
              spark,
              conf,
              () -> {
                LaneDataset data = prepare(spark, spec);
                seen.add(laneBytes(data) + (kind.endsWith("key") ? quarantine(data) : ids(data)));
                if (kind.endsWith("key")) {
                  assertThat(data.examples()).isEqualTo(3);
                  assertThat(data.leftOut().records()).isEqualTo(117);
                } else {
                  assertThat(ids(data)).hasSize(120).doesNotHaveDuplicates();
                }
              });
        }
      }
    }
    assertThat(seen).containsOnly(seen.get(0));
  }

  @Test
  void csvIsReadAsSpreadsheetsWriteIt(SparkSession spark) throws IOException {
    Path file = directory.resolve("a b.csv");
    Files.writeString(
        file,
        "prompt,note,completion\n\"say \"\"hi\"\", twice\",,\"two\nlines\"\n,x,no prompt\nshort,y\n");
    assertThatThrownBy(() -> prepare(spark, spec(file)))
        .hasMessageMatching(
            "(?s)Cannot read .*a.*b.csv row [0-9a-f]{16}#0: it has other columns than the header");
    LaneDataset data = prepare(spark, spec(file).on(BadRecords.QUARANTINE));
    assertThat(texts(data)).containsExactlyInAnyOrder("say \"hi\", twicetwo\nlines", "no prompt");
    assertThat(quarantine(data).get(0).path("record").asText()).isEqualTo("short,y");
    assertThat(quarantine(data).get(0).path("file").asText()).endsWith("b.csv");
    Files.writeString(directory.resolve("other.csv"), "completion,prompt\na,b\n");
    Files.writeString(file, "prompt,completion\na,b\n");
    DataSpec both = spec(directory.resolve("*.csv"));
    assertThatThrownBy(() -> prepare(spark, both)).hasStackTraceContaining("header");
  }

  @Test
  void fieldsMayHaveOtherNames(SparkSession spark) throws IOException {
    Map<String, String> fields = Map.of("prompt", "question", "completion", "the answer");
    Selection mapped = new Selection(fields, Optional.empty(), Optional.empty(), Optional.empty());
    Path file =
        Files.writeString(
            directory.resolve("qa.jsonl"),
            "{\"question\": \"q\", \"the answer\": \"a\", \"source\": 3}\n");
    assertThat(texts(prepare(spark, spec(file).selecting(mapped)))).containsExactly("qa");
    Dataset<Row> rows = spark.read().json(file.toString());
    assertThat(texts(prepare(spark, rows(rows).selecting(mapped)))).containsExactly("qa");
    assertThatThrownBy(
            () ->
                new Selection(
                    Map.of("promt", "x"), Optional.empty(), Optional.empty(), Optional.empty()))
        .hasMessageContaining("'promt' is no field of a record, allowed: text, prompt, completion");
  }

  @Test
  void nestedColumnsAreConversationsAndTokens(SparkSession spark) throws IOException {
    Files.writeString(directory.resolve("model/chat_template.jinja"), ExampleEncoderTest.TEMPLATE);
    Dataset<Row> chats =
        spark.sql(
            "SELECT array(named_struct('role', 'user', 'content', 'p', 'name', null),"
                + " named_struct('role', 'assistant', 'content', 'xy', 'name', 'z')) messages, 7 other");
    Example chat = prepare(spark, rows(chats)).lane(0).example(0);
    assertThat(chat.weights()).contains(1f);
    String other = ExampleEncoderTest.TEMPLATE.replace("{% for", "!{% for");
    Files.writeString(directory.resolve("model/chat_template.jinja"), other);
    LaneDataset again = prepare(spark, rows(chats), "out0");
    assertThat(again.reused()).isFalse();
    assertThat(again.lane(0).example(0).tokens()).contains('!').isNotEqualTo(chat.tokens());
    Dataset<Row> tokens = spark.sql("SELECT array(7, 8, 9) token_ids, array(1d, 0d, 0.5d) weights");
    Example plain = prepare(spark, rows(tokens)).lane(0).example(0);
    assertThat(plain.tokens()).containsExactly(7, 8);
    assertThat(plain.targetTokens()).containsExactly(8, 9);
    assertThat(plain.weights()).containsExactly(0, 0.5f);
    // The struct that DJL's TextEncoder makes.
    Dataset<Row> encoded =
        spark.sql(
            "SELECT named_struct('ids', array(7L, 8L, 0L), 'type_ids', array(0L, 0L, 0L),"
                + " 'attention_mask', array(1L, 1L, 0L)) encoded");
    Selection mapped =
        new Selection(
            Map.of("token_ids", "encoded"), Optional.empty(), Optional.empty(), Optional.empty());
    Example djl = prepare(spark, rows(encoded).selecting(mapped)).lane(0).example(0);
    assertThat(djl.tokens()).containsExactly(7);
    assertThat(djl.targetTokens()).containsExactly(8);
  }

  @Test
  void columnsSayWhatIsMissing(SparkSession spark) {
    Dataset<Row> both = spark.sql("SELECT 'a' text, 'b' prompt, 'c' completion");
    assertThatThrownBy(() -> prepare(spark, rows(both)))
        .hasMessage(
            "Cannot read pairs with the columns text, prompt, completion: they fit text and"
                + " prompt_completion: say which (data.format)");
    assertThatThrownBy(() -> prepare(spark, rows(both.drop("text", "prompt"))))
        .hasMessageContaining("with the columns completion: a record has 'text', or");
    DataSpec preference =
        new DataSpec(new DataSource.Rows(both, "pairs"), DataFormat.PREFERENCE, 32);
    assertThatThrownBy(() -> prepare(spark, preference))
        .hasMessageContaining(
            "there is no 'chosen', 'rejected' (a record has 'chosen' and 'rejected'");
    assertThatThrownBy(
            () ->
                prepare(
                    spark, new DataSpec(new DataSource.Table("none.such"), DataFormat.AUTO, 32)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Cannot read none.such: ")
        .hasMessageEndingWith("(data.table)");
    DataSpec text = new DataSpec(new DataSource.Rows(both, "pairs"), DataFormat.TEXT, 32);
    String columns = "the columns are text, prompt, completion";
    Map<Selection, String> wrong =
        Map.of(
            keyed("nr"), "there is no column 'nr'; " + columns + " (data.key: nr)",
            filtered("txt > 1"), "there is no column 'txt'; " + columns + " (data.filter: txt > 1)",
            filtered("lenght(text) > 1"), "(data.filter: lenght(text) > 1)",
            filtered("length(text)"), "(data.filter: length(text))",
            filtered("text >"), "Syntax error at or near end of input; line 1 pos 6");
    wrong.forEach(
        (selection, message) ->
            assertThatThrownBy(() -> prepare(spark, text.selecting(selection)))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("Cannot read pairs: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("_signal_"));
  }

  @Test
  void fieldsOfSeveralColumnsAndColumnsOfNoField(SparkSession spark) {
    Dataset<Row> rows =
        spark.sql(
            "SELECT 'a' instruction, CAST(NULL AS STRING) input, 'c' output, 3 id, 'en' language,"
                + " array(named_struct('name', 'f')) tools");
    Selection selection =
        new Selection(
            Map.of("prompt", "{instruction} {input}", "completion", "output"),
            Optional.empty(),
            Optional.of("language = 'en'"),
            Optional.empty());
    LaneDataset data = prepare(spark, rows(rows).selecting(selection));
    Dataset<Row> plain = spark.sql("SELECT 'a ' prompt, 'c' completion");
    assertThat(data.lane(0).example(0).targetTokens())
        .containsExactly(prepare(spark, rows(plain)).lane(0).example(0).targetTokens());
    assertThat(data.unused()).containsExactly("id", "tools");
    Selection wrong =
        new Selection(
            Map.of("prompt", "{instruction} {inptu}", "completion", "output"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThatThrownBy(() -> prepare(spark, rows(rows).selecting(wrong)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("inptu");
  }

  @Test
  void filtersAndDuplicatesAreCounted(SparkSession spark) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 20; i++) {
      rows.add(RowFactory.create(i, "p" + i % 5, i % 4 == 3 ? null : "c" + i % 2));
    }
    Dataset<Row> pairs = spark.createDataFrame(rows, PAIRS);
    LaneDataset filtered = prepare(spark, rows(pairs).selecting(filtered("completion = 'c0'")));
    assertThat(filtered.examples()).isEqualTo(10);
    assertThat(filtered.filtered()).isEqualTo(10);
    assertThat(filtered.duplicates()).isZero();
    Selection once =
        new Selection(
            Map.of(), Optional.of("id"), Optional.of("id < 16"), Optional.of(List.of("prompt")));
    LaneDataset data =
        prepare(spark, rows(pairs.repartition(3)).selecting(once).on(BadRecords.SKIP));
    // The first of each by key: 0 to 4, of which 3 has no completion.
    assertThat(ids(data)).containsExactly("pairs@0", "pairs@1", "pairs@2", "pairs@4");
    assertThat(data.filtered()).isEqualTo(4);
    assertThat(data.duplicates()).isEqualTo(11);
    assertThat(data.leftOut().records()).isEqualTo(1);
    assertThat(data.leftOut().first())
        .isEqualTo("pairs row 3: 'completion' is missing (a record has 'prompt' and 'completion')");
    assertThatThrownBy(() -> prepare(spark, rows(pairs).selecting(filtered("id > 99"))))
        .hasMessage("Cannot use pairs: the filter leaves none of 20 records (data.filter)");
  }

  @Test
  void linesKeepTheirPlaceWhenTheyAreFiltered(SparkSession spark) throws IOException {
    Path file = directory.resolve("a.jsonl");
    Files.writeString(
        file,
        """
        {"prompt": "p", "completion": "c"}

        nonsense
        nonsense
        {"completion": "c", "prompt": "p"}
        {"prompt": "q", "completion": "c"}
        """);
    Selection select =
        new Selection(
            Map.of(), Optional.empty(), Optional.of("prompt <> 'q'"), Optional.of(List.of()));
    assertThatThrownBy(() -> prepare(spark, spec(file).selecting(select)))
        .hasMessageContaining(file + " line 3: invalid JSON");
    LaneDataset data = prepare(spark, spec(file).selecting(select).on(BadRecords.QUARANTINE));
    assertThat(data.filtered()).isEqualTo(1);
    assertThat(data.duplicates()).as("in whatever order fields are").isEqualTo(1);
    assertThat(ids(data)).containsExactly("file:" + file + "@0");
    assertThat(data.leftOut().records()).isEqualTo(2);
    assertThat(quarantine(data).get(1).path("line").asInt()).isEqualTo(4);
    Selection columns =
        new Selection(
            Map.of(), Optional.empty(), Optional.empty(), Optional.of(List.of("completion")));
    LaneDataset first = prepare(spark, spec(file).selecting(columns).on(BadRecords.SKIP));
    assertThat(ids(first)).containsExactly("file:" + file + "@0");
    assertThat(first.duplicates()).isEqualTo(2);
    assertThat(
            Prompts.toEvaluate(
                    spark, spec(file).selecting(columns).on(BadRecords.SKIP), "builtin:tiny")
                .prompts())
        .extracting(Prompt::prompt)
        .containsExactly("p");
  }

  @Test
  void linesMayBeKnownByAKey(SparkSession spark) throws IOException {
    Path in = Files.createDirectories(directory.resolve("in"));
    String line = "{\"id\": \"%s\", \"prompt\": \"p\", \"completion\": \"%s\"}\n";
    Files.writeString(in.resolve("a.jsonl"), line.formatted("b", "1") + "nonsense\n");
    Files.writeString(
        in.resolve("b.jsonl"), line.formatted("a", "2") + line.formatted("b", "3") + "[]\n");
    Selection byId =
        new Selection(
            Map.of("prompt", "prompt"), Optional.of("id"), Optional.empty(), Optional.empty());
    DataSpec spec = spec(in).selecting(byId);
    assertThatThrownBy(() -> prepare(spark, spec))
        .hasMessageContaining(in.resolve("a.jsonl") + " line 2: invalid JSON");
    LaneDataset data = prepare(spark, spec.on(BadRecords.QUARANTINE));
    assertThat(ids(data)).hasSize(2);
    assertThat(ids(data).get(0)).isEqualTo("file:" + in.resolve("b.jsonl") + "@a");
    List<JsonNode> kept = quarantine(data);
    assertThat(kept).extracting(row -> row.path("record").asText()).contains("nonsense", "[]");
    assertThat(kept.get(1).path("line").asInt()).isEqualTo(3);
    assertThat(kept.get(2).path("row").asText()).isEqualTo("b");
  }

  @Test
  void promptsOfRowsAreInTheirOrder(SparkSession spark) {
    DataSpec spec = rows(pairs(spark).repartition(4)).selecting(keyed("id"));
    List<Prompt> prompts = Prompts.toEvaluate(spark, spec, "builtin:tiny").prompts();
    assertThat(prompts).hasSize(60);
    assertThat(prompts.get(10).id()).isEqualTo("pairs@10");
  }

  @Test
  void filesOfSeveralKindsAreRefused(SparkSession spark) throws IOException {
    Path in = Files.createDirectories(directory.resolve("in"));
    Files.writeString(in.resolve("a.csv"), "text\na\n");
    Files.writeString(in.resolve("b.jsonl"), "{\"text\": \"a\"}\n");
    assertThatThrownBy(() -> prepare(spark, spec(in)))
        .hasMessageContaining("they are of different kinds, [JSONL, CSV] (data.source)");
  }

  /** Runs {@code work} with settings that are as they were after it. */
  private static void with(SparkSession spark, Map<String, String> conf, Work work)
      throws IOException {
    Map<String, String> before = new HashMap<>();
    conf.keySet().forEach(key -> before.put(key, spark.conf().get(key)));
    conf.forEach(spark.conf()::set);
    try {
      work.run();
    } finally {
      before.forEach(spark.conf()::set);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static Selection keyed(String column) {
    return new Selection(Map.of(), Optional.of(column), Optional.empty(), Optional.empty());
  }

  private static Selection filtered(String predicate) {
    return new Selection(Map.of(), Optional.empty(), Optional.of(predicate), Optional.empty());
  }

  /** Sixty rows with ids from 0, several of the same content. */
  private static Dataset<Row> pairs(SparkSession spark) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 60; i++) {
      String prompt = "p\"é\n" + random.nextInt(12);
      rows.add(RowFactory.create(i, prompt, "c,".repeat(1 + random.nextInt(3))));
    }
    return spark.createDataFrame(rows, PAIRS);
  }

  private void write(Dataset<Row> rows, String kind) {
    rows.write()
        .mode(SaveMode.Overwrite)
        .option("header", true)
        .option("escape", "\"")
        .format(kind)
        .save(directory.resolve("in").toString());
  }

  private DataSpec spec(Path path) {
    return new DataSpec(List.of(path.toString()), DataFormat.AUTO, 32);
  }

  private static DataSpec rows(Dataset<Row> rows) {
    return new DataSpec(new DataSource.Rows(rows, "pairs"), DataFormat.AUTO, 32);
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec) {
    return prepare(spark, spec, "out" + output++);
  }

  private LaneDataset prepare(SparkSession spark, DataSpec spec, String name) {
    return LaneDataset.prepare(
        spark, spec, directory.resolve("model").toString(), 2, directory.resolve(name).toString());
  }

  private String laneBytes(LaneDataset data) throws IOException {
    StringBuilder lanes = new StringBuilder();
    Path files = directory.resolve("out" + (output - 1) + "/data/" + data.digest());
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.sorted().toList()) {
        if (file.getFileName().toString().startsWith("lane-")) {
          lanes.append(HexFormat.of().formatHex(Files.readAllBytes(file))).append('\n');
        }
      }
    }
    return lanes.toString();
  }

  /** In the order of the data set. */
  private static List<Example> examples(LaneDataset data) {
    List<List<Example>> lanes = Fixtures.examples(data);
    List<Example> all = new ArrayList<>();
    for (int i = 0; i < data.examples(); i++) {
      all.add(lanes.get(i % lanes.size()).get(i / lanes.size()));
    }
    return all;
  }

  private static List<String> ids(LaneDataset data) {
    return examples(data).stream().map(Example::id).toList();
  }

  /** What was tokenized, specials aside. */
  private static List<String> texts(LaneDataset data) {
    return examples(data).stream()
        .map(
            example -> {
              byte[] bytes = new byte[example.length()];
              int n = 0;
              for (int token : example.tokens()) {
                if (token < 256) {
                  bytes[n++] = (byte) token;
                }
              }
              return new String(bytes, 0, n, java.nio.charset.StandardCharsets.UTF_8);
            })
        .toList();
  }

  private static List<String> content(LaneDataset data) {
    return texts(data).stream().sorted().toList();
  }

  private static List<JsonNode> quarantine(LaneDataset data) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    Path file = Path.of(URI.create(data.quarantine().orElseThrow()));
    for (String line : Files.readAllLines(file)) {
      rows.add(new ObjectMapper().readTree(line));
    }
    return rows;
  }
}
