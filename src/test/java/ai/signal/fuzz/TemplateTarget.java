package ai.signal.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Chat templates: pieces of real ones in another order, with expressions that cost a lot. */
record TemplateTarget() implements Target {
  private static final Pattern PIECES =
      Pattern.compile("\\{[%#{].*?[%#}]\\}|[^{]+|\\{", Pattern.DOTALL);
  private static final Pattern TOKENS =
      Pattern.compile("'[^']*'|\"[^\"]*\"|\\w+|[^\\w\\s]|\\s+", Pattern.DOTALL);

  private static final List<String> NASTY =
      List.of(
          "{{ 'a' * 1000000000 }}",
          "{{ ('a' * 60000000) ~ ('b' * 60000000) }}",
          "{{ [1] * 1000000000 }}",
          "{{ range(1000000000) | list }}",
          "{{ 9 ** 9 ** 9 }}",
          "{{ 2 ** 100000 }}",
          "{{ 1 / 0 }}",
          "{{ 1 // 0 }}",
          "{{ 1 % 0 }}",
          "{{ -(2 ** 63) // -1 }}",
          "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
          "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
          "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('aaaaaaaa') }}",
          "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
          "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
          "{% set ns = namespace(x=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}{{ ns.x | tojson }}",
          "{% set ns = namespace(x={}) %}{% for i in range(40) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}{% endfor %}{{ ns.x | tojson }}",
          "{{ messages | tojson(indent=1000000000) }}",
          "{{ 'a'.center(1000000000) }}",
          "{{ '%1000000000d' % 1 }}",
          "{{ '%s' | format(messages) }}",
          "{{ '{:>1000000000}'.format(1) }}",
          "{{ 'aaaa' | replace('', 'b' * 10000000) }}",
          "{{ ('a,' * 9000000).split(',') | length }}",
          "{{ messages | map('upper') | list }}",
          "{{ messages | sort(attribute='content') }}",
          "{{ [1, 'a', none, messages] | sort }}",
          "{{ [[1], {}, 'x', 2.5] | sort }}",
          "{{ ['\\ud800', 'a'] | sort | join }}",
          "{{ [1.5, 'a'] | min }}{{ [none] | max }}{{ ['a', 1] | sum }}",
          "{{ messages | groupby('role') }}",
          "{{ messages | batch(0) | list }}{{ messages | slice(0) | list }}",
          "{{ 'x' | indent(1000000000) }}",
          "{{ ((range(60) | list) + (['nan' | float] * 40)) | sort | length }}",
          "{{ ([1e999 - 1e999, 1, 2] * 30) | sort(reverse=true) | unique | list }}",
          "{{ '%c%c' % (1114112, 55296) }}{{ '%.*f' % (1000000000, 1.5) }}{{ '%.999999999f' % 1.5 }}",
          "{{ '%(a)s %(b)d' % {'b': 1} }}{{ '%' % 1 }}{{ '%x' % 1.5 }}{{ '%d' % 1e999 }}",
          "{{ '%s %s' % 1 }}{{ '%s' % () }}{{ '{0} {a.b} {x[0]}'.format(1) }}{{ '{'.format() }}",
          "{{ 'a' | truncate(-1) }}{{ 'a b' | wordwrap(0) }}{{ 3 | round(5000) }}{{ 1e999 | int }}",
          "{{ messages | map(attribute='content.0.x') | list }}{{ messages | dictsort }}",
          "{{ messages | tojson | length }}{{ (messages * 100000) | tojson | length }}",
          "{{ ('a' * 1000).replace('a', 'b' * 100000) }}{{ ('ab' * 9999).split('a') | join('c' * 9999) }}",
          "{{ strftime_now('%' * 1000) }}{{ strftime_now('%Q %-d %E') }}",
          "{{ 'abc'[::0] }}{{ 'abc'[::-1] }}{{ messages[99999999999999999999] }}",
          "{{ raise_exception(messages) }}",
          "{{ messages.__class__ }}{{ ''.__class__.__mro__ }}",
          "{{ cycler(1, 2).next() }}{{ joiner() }}{{ lipsum() }}{{ dict(a=1) }}",
          "{{ " + "(".repeat(2000) + "1" + ")".repeat(2000) + " }}",
          "{{ " + "not ".repeat(5000) + "x }}",
          "{{ " + "-".repeat(5000) + "1 }}",
          "{{ x" + ".y".repeat(5000) + " }}",
          "{{ 1" + " + 1".repeat(5000) + " }}",
          "{{ 'a'" + " ~ 'a'".repeat(5000) + " }}",
          "{% if 1 %}".repeat(3000),
          "{% if a %}" + "{% elif b %}".repeat(3000) + "{% endif %}",
          "{% for m in messages recursive %}{{ loop(messages) }}{% endfor %}",
          "{% generation %}{{ 'x' }}{% generation %}{% endgeneration %}",
          "{% call f() %}{% endcall %}",
          "{% filter upper %}",
          "{% raw %}",
          "{# ",
          "{{ '\\u12' }}{{ '\\x' }}{{ '\\N{DASH}' }}",
          "{{ 1e999 }}{{ 1e999 | int }}{{ 0x }}{{ 1_0 }}{{ 99999999999999999999999 * 9 }}",
          "{{ ('9' * 100000) | int }}",
          "{{ (1e308 * 10) | round(400) }}{{ 1.5 | round(-400) }}{{ 1 | round(2147483648) }}",
          "{{ 'a' | int(base=99) }}{{ 'zz' | int(0, 37) }}",
          "{{ messages | attr('x') }}{{ messages | first | items | list }}",
          "{% set messages = none %}{{ messages[0] }}",
          "{% for k, v in messages %}{% endfor %}{% for a, b, c in [[1]] %}{% endfor %}");

  @Override
  public String name() {
    return "template";
  }

  @Override
  public int count() {
    return 2500;
  }

  @Override
  public int smallCount() {
    return 80;
  }

  @Override
  public Map<String, byte[]> mutant(SplittableRandom random) throws IOException {
    JsonNode templates =
        Seeds.json(Seeds.RESOURCES.resolve("chat").resolve("conversations.json")).get("templates");
    List<String> sources = new ArrayList<>();
    templates.forEach(template -> sources.add(template.textValue()));
    String source = Mutations.pick(random, sources);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      source = change(source, Mutations.pick(random, sources), random);
    }
    Map<String, byte[]> files = Seeds.model("gqa");
    byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
    files.put(
        "chat_template.jinja", random.nextInt(20) == 0 ? Mutations.bytes(bytes, random) : bytes);
    return files;
  }

  private static String change(String source, String other, SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> splice(PIECES, source, pieceOf(PIECES, other, random), random);
      case 1 -> splice(PIECES, source, Mutations.pick(random, NASTY), random);
      case 2 -> splice(TOKENS, source, pieceOf(TOKENS, other, random), random);
      default ->
          splice(TOKENS, source, pieceOf(TOKENS, Mutations.pick(random, NASTY), random), random);
    };
  }

  private static String pieceOf(Pattern pattern, String text, SplittableRandom random) {
    List<MatchResult> pieces = pattern.matcher(text).results().toList();
    return pieces.isEmpty() ? "" : Mutations.pick(random, pieces).group();
  }

  /** Puts a piece in the place of another, or before it. */
  private static String splice(
      Pattern pattern, String text, String piece, SplittableRandom random) {
    List<MatchResult> pieces = pattern.matcher(text).results().toList();
    if (pieces.isEmpty()) {
      return piece;
    }
    MatchResult place = Mutations.pick(random, pieces);
    int end = random.nextBoolean() ? place.start() : place.end();
    return text.substring(0, place.start()) + piece + text.substring(end);
  }

  @Override
  public void use(Path directory) {
    ModelUse.template(directory);
  }
}
