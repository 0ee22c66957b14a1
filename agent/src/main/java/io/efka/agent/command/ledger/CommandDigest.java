package io.efka.agent.command.ledger;

import io.efka.mqtt.Message;
import io.efka.protocol.json.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Short, stable names for long things. */
public final class CommandDigest {
    // An id is a key of the ledger: long ones are kept by their digest.
    private static final int MAX_ID_BYTES = 128;

    private CommandDigest() {}

    /** Of topic and payload: two messages with the same one are the same command. */
    public static String of(Message message) {
        MessageDigest sha256 = sha256();
        sha256.update(message.topic().getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        sha256.update(message.payload());
        // 128 bits: nobody finds two commands of the same digest by chance, and half the text is kept.
        byte[] half = new byte[16];
        System.arraycopy(sha256.digest(), 0, half, 0, half.length);
        return base64(half);
    }

    /** Correlation data as a command's id: itself if it is plain text, else {@code b64:…}, or {@code sha256:…} if long. */
    public static String idOf(byte[] correlation) {
        if (correlation.length > MAX_ID_BYTES) return "sha256:" + base64(sha256().digest(correlation));
        return Utf8.decode(correlation)
                .filter(text -> text.chars().noneMatch(Character::isISOControl))
                .orElseGet(() -> "b64:" + base64(correlation));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** An evenly spread number. */
    public static long number(String value) {
        return ByteBuffer.wrap(sha256().digest(value.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
