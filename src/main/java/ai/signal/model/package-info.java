/**
 * Architecture config, weight files, model sources, the decoder program and its typed Java face.
 */
package ai.signal.model;
