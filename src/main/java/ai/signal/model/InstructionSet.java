package ai.signal.model;

import ai.signal.storage.LocalFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What decides which kernels libtorch runs on a processor, and with them the last bits of results.
 *
 * @param vendor of the processor, which MKL asks for
 * @param flags the instruction sets that have kernels of their own, and settings that overrule them
 */
public record InstructionSet(String vendor, List<String> flags) {
  private static final List<String> KERNELS = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16");

  /** Environment variables by which libtorch, oneDNN and MKL are told to use older instructions. */
  private static final List<String> SETTINGS =
      List.of(
          "ATEN_CPU_CAPABILITY",
          "ONEDNN_MAX_CPU_ISA",
          "DNNL_MAX_CPU_ISA",
          "MKL_ENABLE_INSTRUCTIONS",
          "MKL_CBWR");

  public InstructionSet {
    flags = List.copyOf(flags);
  }

  /** This process's. */
  public static InstructionSet here() {
    return of(Path.of("/proc/cpuinfo"), System.getenv());
  }

  /**
   * A processor's.
   *
   * @param cpuinfo Linux's description of it; where it cannot be read, there are no flags
   * @param environment of the process
   */
  public static InstructionSet of(Path cpuinfo, Map<String, String> environment) {
    String vendor = value(cpuinfo, "vendor_id");
    List<String> has = Arrays.asList(value(cpuinfo, "flags").split("\\s+"));
    List<String> flags = new ArrayList<>(KERNELS);
    flags.retainAll(has);
    for (String setting : SETTINGS) {
      if (environment.containsKey(setting)) {
        flags.add(setting + "=" + environment.get(setting));
      }
    }
    return new InstructionSet(vendor.isEmpty() ? System.getProperty("os.arch") : vendor, flags);
  }

  /** The value of the first line of that name. */
  private static String value(Path cpuinfo, String name) {
    try {
      return LocalFiles.kernelLines(cpuinfo).stream()
          .filter(line -> line.matches(name + "\\s*:.*"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("");
    } catch (IOException e) {
      return ""; // not Linux
    }
  }

  /** Whether bfloat16 is multiplied natively: elsewhere it is slower than float32. */
  public boolean multipliesBfloat16() {
    return flags.stream().anyMatch(BFLOAT16::contains);
  }

  /** {@code AuthenticAMD avx2 avx512f avx512_bf16}. */
  @Override
  public String toString() {
    return flags.isEmpty() ? vendor : vendor + " " + String.join(" ", flags);
  }
}
