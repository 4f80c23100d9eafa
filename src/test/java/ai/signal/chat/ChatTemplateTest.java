package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTemplateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          a\\n{% include 'x' %}         # 2 # 4 # the tag 'include' is not known here (known: break, call,
          a\\n\\n  {{ a | pprint }}     # 3 # 10 # the filter 'pprint' is not known here (known: abs, attr,
          {{ a is nothing }}            # 1 # 9 # the test 'nothing' is not known here (known: !=, <,
          {{ text.encode() }}           # 1 # 8 # the string method 'encode' is not known here (known: capitalize,
          {{ lipsum() }}                # 1 # 10 # the function 'lipsum' is not known here (known: dict, namespace,
          {{ '{:>5}'.format(1) }}       # 1 # 18 # the format field '{:>5}' is not known here
          é{{ strftime_now('%G') }}     # 1 # 17 # strftime_now does not know '%G' here
          {{ missing.x }}               # 1 # 11 # 'missing' is undefined
          {% if a %}\\nb                # 2 # 2 # expected {% elif %} or {% else %} or {% endif %}
          {% set a = %}                 # 1 # 12 # expected an expression, got '%}'
          {{ number + text }}           # 1 # 11 # '+' does not take int and str
          x{{ raise_exception('no!') }} # 1 # 20 # no!
          {{ 99999999999999999999 }}    # 1 # 4 # an integer of more than 64 bits
          {{ number * 9000000000000000000 }} # 1 # 11 # an integer of more than 64 bits
          {{ text | tojson(idnent=2) }} # 1 # 11 # tojson has no parameter 'idnent' (known: ensure_ascii, indent
          """)
  void whatIsWrongIsSaidWithItsPlace(String template, int line, int column, String problem) {
    assertThatThrownBy(() -> render(template.replace("\\n", "\n").stripTrailing()))
        .isInstanceOfSatisfying(
            ChatTemplateException.class,
            e -> {
              assertThat(e).hasMessageContaining(problem);
              assertThat(e).hasMessageEndingWith("(line " + line + ", column " + column + ")");
              assertThat(List.of(e.line(), e.column())).containsExactly(line, column);
            });
  }

  @Test
  void aTemplateIsRefusedBeforeItRendersAnything() {
    assertThatThrownBy(() -> ChatTemplate.parse("{% if false %}{{ a | nope }}{% endif %}"))
        .isInstanceOf(ChatTemplateException.class);
  }

  @Test
  void workIsBounded() {
    refuses(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "macros or loops that call themselves more than 100 deep");
    refuses("{{ range(100001) }}", "a range of 100001 numbers; at most 100000 are allowed");
    refuses(
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "more than 20000000 steps");
    refuses("{{ 'ab' * 1000000000000 }}", "it takes more than 32 MiB of memory");
    refuses("{{ [1] * 9223372036854775807 }}", "it takes more than 32 MiB of memory");
    refuses(
        "{% set n = namespace(t='ab') %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
        "it takes more than 32 MiB of memory");
    refuses("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}", "nested more than 100 deep");
    refuses("{{ " + "not ".repeat(5000) + "1 }}", "nested more than 100 deep");
    refuses("{% if a %}".repeat(100_000), "nested too deeply");
    refuses(
        "{% set n = namespace(l=[]) %}{% for i in range(99999) %}{% set n.l = [n.l] %}{% endfor %}"
            + "{{ n.l }}",
        "nested too deeply");
  }

  @Test
  void theVariablesOfACallerAreNeverChanged() {
    List<Object> list = List.of(1, "b");
    Map<String, Object> given = new HashMap<>(Map.of("list", list, "map", Map.of("a", 1)));

    ChatTemplate.parse("{% set list = list + [2] %}{% set map = {} %}{{ list }}").render(given);

    assertThat(given).isEqualTo(Map.of("list", list, "map", Map.of("a", 1)));
    refuses("{{ list.append(1) }}", "'append' of list may not be used by a template");
  }

  @Test
  void onlyPlainDataComesIn() {
    assertThatThrownBy(
            () -> ChatTemplate.parse("").render(Map.of("time", LocalDateTime.of(1, 1, 1, 1, 1))))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("a variable holds a java.time.LocalDateTime");
  }

  @Test
  void spansAreInCharsOfTheText() {
    Rendered rendered = render("😀{% generation %}𝔘!{% endgeneration %}");

    assertThat(rendered.generated()).containsExactly(new Rendered.Span(2, 5));
  }

  @Test
  void aGenerationBlockHasToHaveAPlace() {
    refuses(
        "{% macro m() %}{% generation %}x{% endgeneration %}{% endmacro %}{{ m() }}",
        "has no place of its own in the text (line 1, column 19)");
  }

  private static void refuses(String template, String problem) {
    ThrowableAssert.ThrowingCallable rendering = () -> render(template);
    assertThatThrownBy(rendering)
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining(problem);
  }

  private static Rendered render(String template) {
    return ChatTemplate.parse(template)
        .render(Map.of("text", "t", "number", 2, "list", List.of()), () -> RenderLines.NOW);
  }
}
