package ai.signal.client;

import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;

/**
 * A run that is open.
 *
 * @param id of this run and no other
 * @param name of its config; several runs may have it
 * @param base of its config: the base model
 * @param dtype what the base model computes in
 * @param lora the adapter's settings
 * @param parameters that are trained: the adapter's values
 * @param lanes parts of every batch
 * @param step optimizer steps done when this was asked
 */
public record RunInfo(
    String id,
    String name,
    String base,
    DType dtype,
    LoraConfig lora,
    long parameters,
    int lanes,
    long step) {}
