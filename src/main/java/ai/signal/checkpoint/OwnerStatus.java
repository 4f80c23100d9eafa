package ai.signal.checkpoint;

import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * Who opened an output last, and whether that writer may still be at work.
 *
 * @param id of the writer; empty where owner.json is not whole
 * @param run its run's name
 * @param process as {@code pid@host}
 * @param running empty where this host cannot tell
 */
public record OwnerStatus(String id, String run, String process, Optional<Boolean> running) {

  static OwnerStatus of(Owner owner) {
    return new OwnerStatus(owner.id(), text(owner.run()), text(owner.process()), running(owner));
  }

  /** Of processes on this host, the operating system knows. */
  private static Optional<Boolean> running(Owner owner) {
    String[] process = text(owner.process()).split("@", 2);
    String self = ManagementFactory.getRuntimeMXBean().getName();
    String host = self.substring(self.indexOf('@') + 1);
    if (process.length < 2 || !process[1].equals(host) || !process[0].matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(
        ProcessHandle.of(Long.parseLong(process[0])).filter(ProcessHandle::isAlive).isPresent());
  }

  private static String text(String text) {
    return text == null ? "" : text;
  }
}
