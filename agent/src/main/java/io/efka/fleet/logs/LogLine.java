package io.efka.fleet.logs;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of output.
 *
 * @param offset of its first byte
 * @param text without its end
 * @param at when the device read its end; empty for what was asked for later
 */
public record LogLine(StreamId stream, long offset, String text, Optional<Instant> at) {}
