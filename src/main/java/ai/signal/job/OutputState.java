package ai.signal.job;

import ai.signal.spec.SpecException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/** What an output directory holds, seen from a job that wants to write there. */
enum OutputState {
  /** Nothing, or a job that ended before it had anything to show. */
  EMPTY,
  /** The same job, finished. */
  FINISHED,
  /** The same job, stopped on its way: it goes on. */
  UNFINISHED,
  /** Another job. */
  OTHER_JOB,
  /** Files that no job wrote. */
  FOREIGN;

  static OutputState of(OutputDirectory output, JobSpec spec) throws IOException {
    Optional<String> written = output.read(OutputDirectory.SPEC);
    if (written.isEmpty()) {
      return output.isEmpty() ? EMPTY : FOREIGN;
    }
    if (SpecReader.difference(written.get(), spec).isPresent()) {
      return OTHER_JOB;
    }
    String status =
        output
            .read(OutputDirectory.SUMMARY)
            .map(json -> parse(json).path("status").asText())
            .orElse("");
    if (status.equals("succeeded") || status.equals("nothing_to_do")) {
      return FINISHED;
    }
    return output.hasResults() ? UNFINISHED : EMPTY;
  }

  /** What a job is to do. */
  enum Todo {
    BEGIN,
    GO_ON,
    NOTHING
  }

  /**
   * What a job is to do; it changes nothing.
   *
   * @param overwrite whether what another job wrote may be replaced
   * @throws SpecException.Value where the directory may not be written
   */
  static Todo todo(OutputDirectory output, JobSpec spec, boolean overwrite) throws IOException {
    OutputState state = of(output, spec);
    if (state == FOREIGN) {
      throw refused(spec, "holds files that no job wrote, allowed: a directory without any");
    }
    if (overwrite) {
      return Todo.BEGIN;
    }
    return switch (state) {
      case FINISHED -> Todo.NOTHING;
      case UNFINISHED -> Todo.GO_ON;
      case OTHER_JOB ->
          throw refused(
              spec,
              "holds another job (%s); choose a new output, or replace that job with --overwrite"
                  .formatted(
                      SpecReader.difference(output.read(OutputDirectory.SPEC).orElse(""), spec)
                          .orElse("it is gone now")));
      default -> Todo.BEGIN;
    };
  }

  /** Notes that a finished job was asked for again. */
  static void noteNothingToDo(OutputDirectory output) throws IOException {
    ObjectNode summary = parse(output.read(OutputDirectory.SUMMARY).orElseThrow());
    summary.put("status", "nothing_to_do");
    output.write(OutputDirectory.SUMMARY, summary.toPrettyString() + "\n");
  }

  private static SpecException.Value refused(JobSpec spec, String problem) {
    return new SpecException.Value(
        "output", "= '%s' %s".formatted(Locations.shown(spec.output()), problem));
  }

  private static ObjectNode parse(String json) {
    try {
      JsonNode node = new ObjectMapper().readTree(json);
      return node instanceof ObjectNode object ? object : new ObjectMapper().createObjectNode();
    } catch (IOException e) {
      return new ObjectMapper().createObjectNode(); // torn by a driver that died: unfinished
    }
  }
}
