/**
 * A reader of regular expressions in Oniguruma's syntax that proves how much work matching may
 * take.
 */
package ai.signal.model.tokenizer.regex;
