/**
 * The adapter: its layout as one flat float32 vector, its initial values, and PEFT's file format.
 */
package ai.signal.lora;
