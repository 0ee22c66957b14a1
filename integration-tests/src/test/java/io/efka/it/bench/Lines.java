package io.efka.it.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The numbered lines of 100 bytes that every output benchmark writes: what writes them, and what they are. */
final class Lines {
    static final int LENGTH = 100;

    private static final String FORMAT = "%099.0f";

    private Lines() {}

    /** The command that writes so many of them, in large writes. */
    static String command(int count) {
        return "seq -f '" + FORMAT + "' 1 " + count;
    }

    /** The same with one write a line. */
    static String lineByLine(int count) {
        return "stdbuf -oL " + command(count);
    }

    static byte[] content(int count) {
        var content = new byte[count * LENGTH];
        Arrays.fill(content, (byte) '0');
        for (int line = 1; line <= count; line++) {
            byte[] digits = Integer.toString(line).getBytes(StandardCharsets.US_ASCII);
            int end = line * LENGTH - 1;
            System.arraycopy(digits, 0, content, end - digits.length, digits.length);
            content[end] = '\n';
        }
        return content;
    }
}
