package io.efka.agent.output.store;

/**
 * Bytes of a stream that lie in one file.
 *
 * @param from offset of the first of them
 * @param end offset behind the last of them
 * @param live whether more may be appended
 */
public record Extent(Segment segment, long from, long end, boolean live) {

    /** Where {@code from} lies in the file. */
    long position() {
        return from - segment.base() + segment.position();
    }
}
