package ai.signal.lora;

import ai.signal.model.Seeds;

/**
 * The values an adapter starts from, distributed as PEFT's: A uniform in plus or minus 1/sqrt(in),
 * B zero, so that it changes nothing yet.
 */
public final class AdapterInit {
  private AdapterInit() {}

  /**
   * The values of a block depend on the seed, the module's name and its shape, whatever else the
   * adapter holds.
   */
  public static float[] of(AdapterLayout layout, long seed) {
    float[] values = new float[layout.size()];
    for (AdapterLayout.Block block : layout.blocks()) {
      Seeds.Stream stream = new Seeds.Stream(Seeds.mix(seed, Seeds.of(block.module())));
      double bound = 1 / Math.sqrt(block.in());
      for (int i = 0; i < block.sizeA(); i++) {
        values[block.offsetA() + i] = (float) ((2 * stream.uniform() - 1) * bound);
      }
    }
    return values;
  }
}
