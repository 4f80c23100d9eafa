package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** One rule of jinja2 or Python each, as Python renders it (src/goldens/chat/probes.py). */
class ProbesGoldenTest {
  private static final JsonNode GOLDEN = Goldens.read("probes.json");

  @TestFactory
  Stream<DynamicTest> probes() {
    Map<String, Object> variables = Goldens.map(GOLDEN.get("variables"));
    return StreamSupport.stream(GOLDEN.get("probes").spliterator(), false)
        .map(
            probe ->
                DynamicTest.dynamicTest(
                    probe.get("template").textValue(), () -> check(probe, variables)));
  }

  private static void check(JsonNode probe, Map<String, Object> variables) {
    String template = probe.get("template").textValue();
    if (probe.has("error")) {
      assertThatThrownBy(() -> render(template, variables))
          .asInstanceOf(InstanceOfAssertFactories.type(ChatTemplateException.class))
          .satisfies(e -> Goldens.assertSameRefusal(probe, e))
          .satisfies(e -> assertThat(e.line()).isPositive())
          .satisfies(e -> assertThat(e.column()).isPositive());
      return;
    }
    Rendered rendered = render(template, variables);
    assertThat(rendered.text()).isEqualTo(probe.get("text").textValue());
    assertThat(Goldens.generated(rendered)).isEqualTo(Goldens.strings(probe.get("generated")));
  }

  private static Rendered render(String template, Map<String, Object> variables) {
    return ChatTemplate.parse(template).render(variables, () -> RenderLines.NOW);
  }
}
