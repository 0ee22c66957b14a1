package io.efka.fleet.logs;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One line of output.
 *
 * @param offset of its first byte; empty for a line that was found by a search, which does not say it
 * @param text without its end
 * @param at when its end was written, by the device's clock; empty if the device does not say
 * @param isEstimated whether the device knows it to more than two seconds only
 */
public record LogLine(StreamId stream, OptionalLong offset, String text, Optional<Instant> at, boolean isEstimated) {
    LogLine withoutOffset() {
        return new LogLine(stream, OptionalLong.empty(), text, at, isEstimated);
    }
}
