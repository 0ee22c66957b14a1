package io.efka.agent.artifact.archive;

import static io.efka.agent.artifact.archive.TarBytes.utf8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** One archive, or a few, for each refusal. */
final class HostileArchives {
    private static final byte[] NOTHING = {};

    /**
     * An archive that must be refused.
     *
     * @param message a part of what the refusal says
     */
    record Hostile(String name, byte[] archive, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Hostile> all = new ArrayList<>();

    static List<Hostile> all(String outside) {
        var archives = new HostileArchives();
        archives.paths(outside);
        archives.links(outside);
        archives.types();
        archives.twice();
        archives.names();
        archives.tarHeaders();
        archives.gzip();
        archives.xz();
        archives.zip(outside);
        archives.bombs();
        return archives.all;
    }

    private void tar(String name, String message, Consumer<TarBytes> content) {
        var tar = new TarBytes().file("first", "was fine");
        content.accept(tar);
        all.add(new Hostile("tar: " + name, tar.end(), message));
    }

    private void zip(String name, String message, Consumer<ZipBytes> content) {
        var zip = new ZipBytes().file("first", "was fine");
        content.accept(zip);
        all.add(new Hostile("zip: " + name, zip.end(), message));
    }

    private void add(String name, String message, byte[] archive) {
        all.add(new Hostile(name, archive, message));
    }

    private void paths(String outside) {
        String longOne = "d/".repeat(60) + "x".repeat(60);
        for (String path : List.of("../x", "..", "a/../../x", "a/..", "./../x", "a/b/../../../../" + outside)) {
            tar("path " + path, "has .. in its path", tar -> tar.file(path, "x"));
            tar("folder " + path, "has .. in its path", tar -> tar.folder(path));
            tar("link named " + path, "has .. in its path", tar -> tar.symbolicLink(path, "first"));
            tar(
                    "pax path " + path,
                    "has .. in its path",
                    tar -> tar.pax('x', "path", path).file("y", "x"));
            gnu(path, "has .. in its path");
            zip("path " + path, "has .. in its path", zip -> zip.file(path, "x"));
        }
        for (String path : List.of(outside + "/x", "/x", "//x", "/")) {
            tar("absolute " + path, "has an absolute path", tar -> tar.file(path, "x"));
            tar(
                    "absolute pax " + path,
                    "has an absolute path",
                    tar -> tar.pax('x', "path", path).file("y", "x"));
            gnu(path, "has an absolute path");
            zip("absolute " + path, "has an absolute path", zip -> zip.file(path, "x"));
        }
        tar("prefix that is absolute", "has an absolute path", tar -> {
            byte[] block = TarBytes.headerBlock('0', utf8("x"), 0644, 0, NOTHING);
            System.arraycopy(utf8("/etc"), 0, block, 345, 4);
            tar.raw(TarBytes.withChecksum(block));
        });
        tar(
                "deep",
                "folders deep",
                tar -> tar.pax('x', "path", "d/".repeat(64) + "x").file("y", ""));
        tar(
                "long",
                "more than 1024 bytes",
                tar -> tar.pax('x', "path", (longOne + "/").repeat(6)).file("y", ""));
        tar(
                "long name",
                "name of more than 255",
                tar -> tar.pax('x', "path", "x".repeat(256)).file("y", ""));
    }

    /** GNU's header for a long name. */
    private void gnu(String path, String message) {
        tar(
                "GNU path " + path,
                message,
                tar -> tar.entry('L', utf8("././@LongLink"), 0, utf8(path + "\0"))
                        .file("y", "x"));
    }

    private void links(String outside) {
        for (String target : List.of("..", "../x", "a/../..", "./.././x", "../../../../../../../../etc")) {
            tar("link to " + target, "leads out", tar -> tar.symbolicLink("l", target));
            zip("link to " + target, "leads out", zip -> zip.entry("l", ZipBytes.LINK, utf8(target)));
        }
        for (String target : List.of("/", outside, outside + "/secret", "/etc/passwd")) {
            tar("link to " + target, "absolute path", tar -> tar.symbolicLink("l", target));
            zip("link to " + target, "absolute path", zip -> zip.entry("l", ZipBytes.LINK, utf8(target)));
        }
        tar("link to nothing", "to nothing", tar -> tar.symbolicLink("l", ""));
        tar(
                "link by way of another",
                "leads out",
                tar -> tar.folder("a/b").symbolicLink("up", "a/b").symbolicLink("l", "up/../../.."));
        tar(
                "link by way of a later one",
                "leads out",
                tar -> tar.folder("a").symbolicLink("a/l", "../z/..").symbolicLink("z", "."));
        tar(
                "link out of a folder that is a link",
                "leads out",
                tar -> tar.folder("a/b/c").symbolicLink("s", "a/b/c").symbolicLink("x", "s/../../../../etc"));
        tar("circle of links", "40 links", tar -> tar.symbolicLink("a", "b").symbolicLink("b", "a"));
        zip("many links into a long chain", "links of more than 1000000 steps together", zip -> {
            String detour = "x/".repeat(200) + "../".repeat(200);
            for (int i = 0; i < 39; i++) zip.entry("chain" + i, ZipBytes.LINK, utf8(detour + "chain" + (i + 1)));
            for (int i = 0; i < 100; i++) zip.entry("l" + i, ZipBytes.LINK, utf8("chain0"));
        });
        tar("file through a link", "twice", tar -> tar.symbolicLink("l", ".").file("l/x", "x"));
        tar(
                "file through a link out",
                "leads out",
                tar -> tar.symbolicLink("l", "..").file("l/x", "x"));
        tar(
                "link below a link",
                "not a folder",
                tar -> tar.folder("a").symbolicLink("l", "a").symbolicLink("l/x", "../first"));
        tar("hard link out", "no path inside", tar -> tar.hardLink("h", "../secret"));
        tar("hard link to an absolute path", "no path inside", tar -> tar.hardLink("h", outside + "/secret"));
        tar(
                "hard link to a link",
                "no file before",
                tar -> tar.symbolicLink("l", "first").hardLink("h", "l"));
        tar(
                "hard link through a link",
                "no file before",
                tar -> tar.symbolicLink("l", "..").hardLink("h", "l/secret"));
        tar("hard link to a folder", "no file before", tar -> tar.folder("d").hardLink("h", "d"));
        tar("hard link to nothing", "no file before", tar -> tar.hardLink("h", "none"));
        tar("hard link to itself", "no file before", tar -> tar.hardLink("h", "h"));
        tar("hard link that exists", "twice", tar -> tar.file("h", "").hardLink("h", "first"));
        tar(
                "link with content",
                "has content",
                tar -> tar.header('2', utf8("l"), 0777, 3, utf8("first")).padded(utf8("abc")));
    }

    private void types() {
        tar("character device", "is a device", tar -> tar.entry('3', utf8("d"), 0644, NOTHING));
        tar("block device", "is a device", tar -> tar.entry('4', utf8("d"), 0644, NOTHING));
        tar("FIFO", "is a FIFO", tar -> tar.entry('6', utf8("d"), 0644, NOTHING));
        tar("socket", "is a socket", tar -> tar.entry('s', utf8("d"), 0644, NOTHING));
        tar("old sparse file", "sparse", tar -> tar.entry('S', utf8("d"), 0644, NOTHING));
        tar(
                "pax sparse file",
                "sparse",
                tar -> tar.pax('x', "GNU.sparse.major", "1").file("x", "x"));
        tar(
                "global sparse",
                "sparse",
                tar -> tar.pax('g', "GNU.sparse.map", "0,1").file("x", "x"));
        tar("volume header", "unknown type", tar -> tar.entry('V', utf8("d"), 0644, NOTHING));
        tar("second volume", "several volumes", tar -> tar.entry('M', utf8("d"), 0644, NOTHING));
        tar("unknown type", "unknown type", tar -> tar.entry('Z', utf8("d"), 0644, NOTHING));
        for (int bit : new int[] {04000, 02000, 06000}) {
            tar(
                    "file of mode " + Integer.toOctalString(bit),
                    "setuid",
                    tar -> tar.entry('0', utf8("d"), bit | 0755, NOTHING));
            tar(
                    "folder of mode " + Integer.toOctalString(bit),
                    "setuid",
                    tar -> tar.entry('5', utf8("d"), bit | 0755, NOTHING));
            zip(
                    "file of mode " + Integer.toOctalString(bit),
                    "setuid",
                    zip -> zip.entry("d", ZipBytes.FILE | bit, NOTHING));
        }
        tar("hard link with setuid", "setuid", tar -> tar.header('1', utf8("h"), 04755, 0, utf8("first")));
        for (int type : new int[] {0010000, 0020000, 0060000, 0140000}) {
            zip(
                    "of type " + Integer.toOctalString(type),
                    "device, FIFO or socket",
                    zip -> zip.entry("d", type | 0644, NOTHING));
        }
    }

    private void twice() {
        for (String name : List.of("a", "./a", "a//", ".//./a", "a/.")) {
            tar(
                    "a, then " + name,
                    "twice",
                    tar -> tar.file("a", "x").entry('0', utf8(name.replaceAll("/+$", "")), 0644, NOTHING));
            tar("folder a, then " + name, "twice", tar -> tar.folder("a").folder(name));
        }
        tar("file, then folder", "twice", tar -> tar.file("a", "x").folder("a"));
        tar("folder, then file", "twice", tar -> tar.folder("a").file("a", "x"));
        tar(
                "file, then something in it",
                "not a folder",
                tar -> tar.file("a", "x").file("a/b", "x"));
        tar("unlisted folder, then file", "twice", tar -> tar.file("a/b", "x").file("a", "x"));
        tar(
                "unlisted folder, listed twice",
                "twice",
                tar -> tar.file("a/b", "x").folder("a").folder("a"));
        tar("file, then link", "twice", tar -> tar.file("a", "x").symbolicLink("a", "first"));
        tar("link, then file", "twice", tar -> tar.symbolicLink("a", "first").file("a", "x"));
        tar("link, then link", "twice", tar -> tar.symbolicLink("a", "first").symbolicLink("a", "first"));
        tar("folder, then link", "twice", tar -> tar.folder("a").symbolicLink("a", "first"));
        tar("its own folder, twice", "own folder twice", tar -> tar.folder("./").folder("."));
        tar("a file as its own folder", "own folder", tar -> tar.file(".", "x"));
        tar("a link as its own folder", "own folder", tar -> tar.symbolicLink("./", "first"));
        zip("a, then a", "twice", zip -> zip.file("a", "x").file("a", "y"));
        zip("a, then ./a", "twice", zip -> zip.file("a", "x").file("./a", "y"));
        zip(
                "folder, then file",
                "twice",
                zip -> zip.entry("a/", ZipBytes.FOLDER, NOTHING).file("a", "y"));
    }

    private void names() {
        byte[] latin1 = {'m', (byte) 0xfc, 'l', 'l'};
        byte[] overlong = {'a', (byte) 0xc0, (byte) 0xaf, 'b'};
        byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
        for (byte[] name : List.of(latin1, overlong, surrogate)) {
            tar("name in other bytes", "not UTF-8", tar -> tar.entry('0', name, 0644, NOTHING));
            tar(
                    "pax name in other bytes",
                    "not UTF-8",
                    tar -> tar.entry('x', utf8("p"), 0, TarBytes.paxRecord(utf8("path"), name))
                            .file("y", ""));
            tar("link to other bytes", "not UTF-8", tar -> tar.header('2', utf8("l"), 0777, 0, name));
            all.add(new Hostile(
                    "zip: name in other bytes",
                    new ZipBytes().entry(name, ZipBytes.FILE, NOTHING, 0).end(),
                    "not UTF-8"));
        }
        for (String name : List.of("a\nb", "a\u001b[31mb", "\r", "a\u007f", "a\u0085b")) {
            tar("control character", "control characters", tar -> tar.file(name, ""));
            tar("link to a control character", "control characters", tar -> tar.symbolicLink("l", name));
            zip("control character", "control characters", zip -> zip.file(name, ""));
        }
        tar(
                "NUL in a pax name",
                "control characters",
                tar -> tar.pax('x', "path", "a\0b").file("y", ""));
        gnu("a\0b", "control characters");
        tar(
                "NUL in a pax link",
                "control characters",
                tar -> tar.pax('x', "linkpath", "a\0b").symbolicLink("y", ""));
        zip("NUL in a name", "control characters", zip -> zip.file("a\0b", ""));
        zip("backslash", "backslash", zip -> zip.file("..\\..\\x", ""));
        tar("no name", "no name", tar -> tar.file("", ""));
        tar("empty pax name", "no name", tar -> tar.pax('x', "path", "").file("y", ""));
        zip("no name", "no name", zip -> zip.file("", ""));
    }

    private void tarHeaders() {
        byte[] fine = new TarBytes().file("a", "x".repeat(2000)).end();
        for (int length : new int[] {0, 1, 511, 512, 513, 1000, 2511, 2560, 3000, 3583}) {
            add("tar of " + length + " bytes", "cut off", Arrays.copyOf(fine, length));
        }
        add("tar without an end", "cut off", new TarBytes().file("a", "x").withoutEnd());
        add(
                "tar with half an end",
                "cut off",
                new TarBytes().file("a", "x").raw(new byte[512]).withoutEnd());
        add("tar and more", "behind its end", concat(fine, utf8("more")));
        add("tar, zeros and more", "behind its end", concat(fine, concat(new byte[5000], utf8("more"))));
        add("two tars", "behind its end", concat(fine, fine));
        add("no archive", "is no tar", utf8("#!/bin/sh\n".repeat(100)));
        byte[] broken = fine.clone();
        broken[3] ^= 1;
        add("first checksum", "is no tar", broken);
        tar("checksum", "wrong checksum", tar -> {
            byte[] block = TarBytes.headerBlock('0', utf8("x"), 0644, 0, NOTHING);
            block[0] = 'y';
            tar.raw(block);
        });
        tar("size beyond the end", "cut off", tar -> tar.header('0', utf8("x"), 0644, 1L << 30, NOTHING));
        tar(
                "negative size",
                "negative",
                tar -> tar.raw(withSize(new byte[] {(byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1})));
        tar(
                "enormous size",
                "no number",
                tar -> tar.raw(withSize(new byte[] {(byte) 0x80, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1})));
        tar(
                "largest size",
                "cut off",
                tar -> tar.raw(withSize(new byte[] {(byte) 0x80, 0, 0, 0, 0x7f, -1, -1, -1, -1, -1, -1, -1})));
        tar("size of letters", "no number", tar -> tar.raw(withSize(utf8("1234567890x\0"))));
        tar("folder with content", "has content", tar -> tar.entry('5', utf8("d"), 0755, utf8("x")));
        tar("pax size", "no number", tar -> tar.pax('x', "size", "-1").file("x", "x"));
        tar(
                "pax size of letters",
                "no number",
                tar -> tar.pax('x', "size", "0x10").file("x", "x"));
        for (String record : List.of(
                "x",
                "9999 path=x\n",
                "6 path=x\n",
                "0 path=x\n",
                "-5 path=x\n",
                "10 path=xy",
                "11 path x\n",
                "99999999999 path=x\n",
                " path=x\n")) {
            tar(
                    "pax record " + record.strip(),
                    "pax header",
                    tar -> tar.entry('x', utf8("p"), 0644, utf8(record)).file("x", ""));
        }
        tar("pax header without its entry", "without its entry", tar -> tar.pax('x', "path", "x"));
        tar("GNU name without its entry", "without its entry", tar -> tar.entry('L', utf8("x"), 0, utf8("x\0")));
        tar(
                "two names",
                "two headers",
                tar -> tar.pax('x', "path", "x").pax('x', "path", "y").file("z", ""));
        tar(
                "two kinds of names",
                "two headers",
                tar -> tar.pax('x', "path", "x")
                        .entry('L', utf8("x"), 0, utf8("y\0"))
                        .file("z", ""));
        tar(
                "one name for all",
                "for several entries",
                tar -> tar.pax('g', "path", "x").file("z", ""));
        tar("enormous pax header", "the limit is", tar -> tar.header('x', utf8("x"), 0644, 1L << 40, NOTHING));
        tar("enormous GNU name", "the limit is", tar -> tar.header('L', utf8("x"), 0644, 1L << 33, NOTHING));
    }

    private static byte[] withSize(byte[] size) {
        byte[] block = TarBytes.headerBlock('0', utf8("x"), 0644, 0, NOTHING);
        System.arraycopy(size, 0, block, 124, 12);
        return TarBytes.withChecksum(block);
    }

    private void gzip() {
        byte[] tar = new TarBytes().file("a", "x".repeat(3000)).end();
        byte[] packed = gzip(tar);
        for (int length : new int[] {2, 9, 12, packed.length / 2, packed.length - 9, packed.length - 1}) {
            add("gzip of " + length + " bytes", "cut off", Arrays.copyOf(packed, length));
        }
        add("gzip and more", "behind its end", concat(packed, utf8("more")));
        add("gzip and zeros", "behind its end", concat(packed, new byte[100]));
        add("gzip of two tars", "behind its end", concat(packed, packed));
        add("gzip of a gzip", "is no tar", gzip(gzip(random(2000))));
        add("gzip of nothing", "cut off", gzip(NOTHING));
        add(
                "gzip of a zip",
                "is no tar",
                gzip(new ZipBytes().file("a", "x".repeat(600)).end()));
        add("gzip with a wrong sum", "wrong checksum", changed(packed, packed.length - 8));
        add("gzip with a wrong length", "wrong length", changed(packed, packed.length - 2));
        add("gzip of another method", "unknown method", changed(packed, 2));
        byte[] flagged = packed.clone();
        flagged[3] = (byte) 0x80;
        add("gzip with unknown flags", "unknown flags", flagged);
        byte[] named = packed.clone();
        named[3] = 8;
        add("gzip with a name without an end", "", concat(Arrays.copyOf(named, 10), utf8("n".repeat(300_000))));
        add(
                "gzip with hostile paths",
                "has .. in its path",
                gzip(new TarBytes().file("../x", "x").end()));
    }

    private void xz() {
        byte[] tar = new TarBytes().file("a", "x".repeat(3000)).end();
        byte[] packed = xz(tar, 1 << 20);
        for (int length : new int[] {6, 12, 30, packed.length - 13, packed.length - 1}) {
            add("xz of " + length + " bytes", "cut off", Arrays.copyOf(packed, length));
        }
        add("xz and more", "xz", concat(packed, utf8("more".repeat(10))));
        add("xz with a wrong sum", "xz", changed(packed, packed.length - 40));
        add("xz with a large dictionary", "xz -7", xz(tar, 64 << 20));
        add(
                "xz with hostile paths",
                "has .. in its path",
                xz(new TarBytes().file("../x", "x").end(), 1 << 20));
    }

    private void zip(String outside) {
        byte[] fine = new ZipBytes().file("a", "x".repeat(300)).file("b", "y").end();
        for (int length : new int[] {4, 20, 300, 500, fine.length - 1}) {
            add("zip of " + length + " bytes", "", Arrays.copyOf(fine, length));
        }
        add("zip and more", "behind its end", concat(fine, utf8("more")));
        add("zip behind a script", "is no tar", concat(utf8("#!/bin/sh\n".repeat(60)), fine));
        add("zip with two ends", "two ends", twoEnds(fine));
        add(
                "zip with fewer entries than said",
                "zip",
                new ZipBytes().file("a", "x").end(2, 0));
        add(
                "zip with more entries than said",
                "wrong number",
                new ZipBytes().file("a", "x").file("b", "x").end(1, 0));
        add(
                "zip with a directory elsewhere",
                "not where",
                new ZipBytes().file("a", "x").end(1, 4));
        zip("encrypted", "is encrypted", zip -> zip.flags(1).file("a", "x"));
        zip("strongly encrypted", "unknown flags", zip -> zip.flags(1 << 6).file("a", "x"));
        zip("with hidden headers", "unknown flags", zip -> zip.flags(1 << 13).file("a", "x"));
        zip("bzip2", "method 12", zip -> zip.method(12).file("a", "x"));
        zip("wrong sum", "wrong checksum", zip -> zip.lie(1, 0).file("a", "x"));
        zip("larger than said", "larger than", zip -> zip.lie(0, -1).file("a", "xyz"));
        zip("smaller than said", "smaller than", zip -> zip.lie(0, 1).file("a", "xyz"));
        zip(
                "two names",
                "not what the zip's directory says",
                zip -> zip.localName("b").file("a", "x"));
        zip("no deflate data", "damaged", zip -> zip.method(8).entry("a", ZipBytes.FILE, utf8("\7\7\7\7")));
        zip(
                "deflate data and more",
                "behind its end",
                zip -> zip.method(8).entry(utf8("a"), ZipBytes.FILE, concat(deflated(utf8("xyz")), utf8("more")), 3));
        zip("folder with content", "has content", zip -> zip.entry("a/", ZipBytes.FOLDER, utf8("x")));
        zip("folder's name for a file", "name of a folder", zip -> zip.entry("a/", ZipBytes.FILE, utf8("x")));
        zip("long link", "link target of more", zip -> zip.entry("l", ZipBytes.LINK, utf8("x".repeat(2000))));
        zip(
                "file below a link",
                "archive entry",
                zip -> zip.entry("l", ZipBytes.LINK, utf8(outside.substring(1))).file("l/x", "x"));
        add("zip entry in the directory", "reaches into", packedTooLong());
    }

    /** The end record stands in the comment of another one. */
    private static byte[] twoEnds(byte[] fine) {
        byte[] end = Arrays.copyOfRange(fine, fine.length - 22, fine.length);
        byte[] both = concat(fine, end);
        both[fine.length - 2] = 22;
        return both;
    }

    private static byte[] packedTooLong() {
        byte[] zip = new ZipBytes().file("a", "xxxxxx").end();
        int directory = zip.length - 22 - 47;
        zip[directory + 20] = 100;
        zip[directory + 24] = 100;
        return zip;
    }

    private void bombs() {
        add("bomb of zeros, gzip", "times its size", gzip(zeros(64 << 20)));
        add("bomb of zeros, xz", "times its size", xz(zeros(64 << 20), 1 << 20));
        add(
                "bomb of zeros behind the end",
                "times its size",
                gzip(concat(new TarBytes().file("a", "x").end(), new byte[64 << 20])));
        add("bomb of members", "times its size", members());
        add("bomb of extension headers", "more than 100000 entries", gzip(headers('g', 100_001)));
        var links = new TarBytes();
        for (int i = 0; i < 5000; i++)
            links.pax('x', "linkpath", "x/".repeat(450) + i).symbolicLink("l" + i, "");
        add("bomb of links", "names of more than", links.end());
        byte[] packed = deflated(new byte[64 << 20]);
        add(
                "zip bomb",
                "times its size",
                new ZipBytes()
                        .method(8)
                        .entry(utf8("a"), ZipBytes.FILE, packed, 64 << 20)
                        .end());
        add(
                "zip bomb that says it is small",
                "larger than",
                new ZipBytes()
                        .method(8)
                        .entry(utf8("a"), ZipBytes.FILE, packed, 10)
                        .end());
    }

    private static byte[] zeros(int size) {
        return concat(TarBytes.headerBlock('0', utf8("a"), 0644, size, NOTHING), new byte[size + 1024]);
    }

    /** Each member is small. */
    private static byte[] members() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(gzip(TarBytes.headerBlock('0', utf8("a"), 0644, 64 << 20, NOTHING)));
        byte[] member = gzip(new byte[1 << 20]);
        for (int i = 0; i < 64; i++) out.writeBytes(member);
        return out.toByteArray();
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] headers(char type, int count) {
        var tar = new TarBytes();
        for (int i = 0; i < count; i++) tar.header(type, utf8("f" + i), 0644, 0, NOTHING);
        return tar.end();
    }

    static byte[] gzip(byte[] content) {
        return packed(content, GZIPOutputStream::new);
    }

    static byte[] xz(byte[] content, int dictionary) {
        return packed(content, out -> {
            var options = new LZMA2Options(1);
            options.setDictSize(dictionary);
            return new XZOutputStream(out, options);
        });
    }

    private interface Packer {
        OutputStream on(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] content, Packer packer) {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = packer.on(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] deflated(byte[] content) {
        var deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        var out = new ByteArrayOutputStream();
        var buffer = new byte[8192];
        while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
        return out.toByteArray();
    }

    static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] changed(byte[] archive, int at) {
        byte[] changed = archive.clone();
        changed[at] ^= 0x55;
        return changed;
    }
}
