package ai.signal.tiny;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kind of document: one opening and then {@code fewest} to {@code most} of the sequels, all about
 * the same facts.
 */
record Story(List<Template> openings, List<Template> sequels, int fewest, int most) {
  Story {
    openings = List.copyOf(openings);
    sequels = List.copyOf(sequels);
    if (openings.isEmpty() || fewest < 0 || most < fewest || most > sequels.size()) {
      throw new IllegalArgumentException(
          "A story needs openings and 0 <= fewest <= most <= sequels");
    }
  }

  static Story of(List<String> openings, List<String> sequels, int fewest, int most) {
    return new Story(
        openings.stream().map(Template::new).toList(),
        sequels.stream().map(Template::new).toList(),
        fewest,
        most);
  }

  String tell(Dice dice) {
    Facts facts = Facts.random(dice);
    List<Template> parts = new ArrayList<>();
    parts.add(dice.pick(openings));
    parts.addAll(dice.pick(sequels, dice.between(fewest, most)));
    return parts.stream().map(part -> part.fill(facts)).collect(Collectors.joining(" "));
  }

  Stream<Template> templates() {
    return Stream.concat(openings.stream(), sequels.stream());
  }
}
