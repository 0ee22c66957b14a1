package io.efka.agent.output;

/**
 * Bytes of a stream that lie in one file.
 *
 * @param from offset of the first of them
 * @param end offset behind the last of them
 * @param live whether more may be appended
 */
record Extent(Segment segment, long from, long end, boolean live) {

    /** Where {@code from} lies in the file. */
    long position() {
        return from - segment.base() + segment.position();
    }
}
