package io.efka.agent.runtime;

import io.efka.protocol.RunId;
import io.efka.threads.Timers;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** Creates run ids (ULIDs): 48 bits of time and 80 random bits, as 26 characters that sort by time. Thread-safe. */
public final class Ulids implements Supplier<RunId> {
    private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final int BITS = 5;

    private final Timers timers;
    private final SecureRandom random = new SecureRandom();

    public Ulids(Timers timers) {
        this.timers = timers;
    }

    @Override
    public RunId get() {
        char[] text = new char[26];
        encode(timers.now().toEpochMilli(), text, 0, 10);
        encode(random.nextLong(), text, 10, 8);
        encode(random.nextLong(), text, 18, 8);
        return new RunId(new String(text));
    }

    /** Writes the lowest {@code 5 * length} bits. */
    private static void encode(long bits, char[] text, int from, int length) {
        for (int i = 0; i < length; i++) {
            int shift = BITS * (length - 1 - i);
            text[from + i] = ALPHABET[(int) (bits >>> shift) & 31];
        }
    }
}
