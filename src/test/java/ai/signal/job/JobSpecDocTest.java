package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.spec.ModelSpec;
import ai.signal.spec.SpecTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/job-spec.md has every key with its default, and no other. */
class JobSpecDocTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-zN0-9_.]+)` \\| (.+?) \\|");

  @Test
  void everyKeyIsDocumentedAndNoOther() throws IOException {
    Set<String> keys = new LinkedHashSet<>(SpecKeys.all());
    keys.add("stages");
    assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void theDefaultsAreThose() throws IOException {
    Map<String, String> documented = documented();
    JobSpec spec =
        new JobSpec(
            "x",
            new ModelSpec("builtin:x"),
            "/x",
            List.of(
                new TrainStage(TrainingData.of("/x")),
                new ReinforceStage(
                    PromptData.of("/x"), new RewardSpec(RewardSpec.Name.EXACT_MATCH)),
                new EvaluateStage(EvaluationData.of("/x")),
                new SampleStage(PromptData.of("/x")),
                new SaveStage()));
    for (String key : SpecKeys.all()) {
      String text = documented.get(key).replaceAll("[`\\[\\]]", "");
      if (text.equals("required") || key.endsWith("max_length")) {
        continue;
      }
      int index =
          List.of("train", "reinforce", "evaluate", "sample", "save")
              .indexOf(key.replaceAll("stages\\.N\\.(\\w+).*", "$1"));
      String pointer = "/" + key.replace("N", Integer.toString(index)).replace('.', '/');
      String actual = SpecTree.of(spec).at(pointer).toString().replaceAll("[\\[\\]\"]", "");
      boolean same =
          text.matches("[-0-9.e]+")
              ? Double.parseDouble(text) == Double.parseDouble(actual)
              : text.equals(actual);
      assertThat(same).as("%s is documented as %s and is %s", key, text, actual).isTrue();
    }
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    String page = Files.readString(Path.of("docs/job-spec.md"));
    page = page.substring(0, page.indexOf("## The output"));
    for (MatchResult row : ROW.matcher(page).results().toList()) {
      rows.put(row.group(1), row.group(2));
    }
    return rows;
  }
}
