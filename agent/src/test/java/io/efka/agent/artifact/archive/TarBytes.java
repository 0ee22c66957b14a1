package io.efka.agent.artifact.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds tar archives byte by byte, also such as no program makes. */
final class TarBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    TarBytes file(String name, String content) {
        return entry('0', utf8(name), 0644, utf8(content));
    }

    TarBytes folder(String name) {
        return entry('5', utf8(name), 0755, new byte[0]);
    }

    TarBytes symbolicLink(String name, String target) {
        return header('2', utf8(name), 0777, 0, utf8(target));
    }

    TarBytes hardLink(String name, String existing) {
        return header('1', utf8(name), 0644, 0, utf8(existing));
    }

    TarBytes entry(char type, byte[] name, int mode, byte[] content) {
        header(type, name, mode, content.length, new byte[0]);
        return padded(content);
    }

    TarBytes padded(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    TarBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** Records of pax for the next entry: key, value, key, value. */
    TarBytes pax(char type, String... pairs) {
        var content = new ByteArrayOutputStream();
        for (int i = 0; i < pairs.length; i += 2) content.writeBytes(paxRecord(utf8(pairs[i]), utf8(pairs[i + 1])));
        return entry(type, utf8("pax"), 0644, content.toByteArray());
    }

    static byte[] paxRecord(byte[] key, byte[] value) {
        int rest = key.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        if (Integer.toString(length).length() > Integer.toString(rest).length()) length++;
        var record = new ByteArrayOutputStream();
        record.writeBytes(utf8(length + " "));
        record.writeBytes(key);
        record.write('=');
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    TarBytes header(char type, byte[] name, int mode, long size, byte[] link) {
        out.writeBytes(headerBlock(type, name, mode, size, link));
        return this;
    }

    static byte[] headerBlock(char type, byte[] name, int mode, long size, byte[] link) {
        var block = new byte[512];
        System.arraycopy(name, 0, block, 0, Math.min(100, name.length));
        octal(block, 100, 8, mode);
        octal(block, 108, 8, 0);
        octal(block, 116, 8, 0);
        octal(block, 124, 12, size);
        octal(block, 136, 12, 1_700_000_000L);
        block[156] = (byte) type;
        System.arraycopy(link, 0, block, 157, Math.min(100, link.length));
        System.arraycopy(utf8("ustar\00000"), 0, block, 257, 8);
        return withChecksum(block);
    }

    static byte[] withChecksum(byte[] block) {
        for (int i = 148; i < 156; i++) block[i] = ' ';
        long sum = 0;
        for (byte each : block) sum += each & 0xff;
        octal(block, 148, 7, sum);
        return block;
    }

    private static void octal(byte[] block, int at, int length, long value) {
        String digits = String.format("%0" + (length - 1) + "o", value);
        System.arraycopy(utf8(digits), 0, block, at, length - 1);
        block[at + length - 1] = 0;
    }

    /** With the end mark. */
    byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    byte[] withoutEnd() {
        return out.toByteArray();
    }
}
