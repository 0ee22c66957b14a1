package io.efka.agent.process.proc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the loader and the processor of a compiled program, without which a launch fails; elf(5). */
public final class ElfFile {
    private static final int MAGIC = 0x7F454C46;
    private static final int MACHINE = 18;
    private static final int PT_INTERP = 3;
    /** No real program has more program headers. */
    private static final int MAX_HEADERS = 256;

    private static final int MAX_PATH = 4096;

    private final SeekableByteChannel file;
    private final ByteOrder order;
    private final boolean wide;

    private ElfFile(SeekableByteChannel file, ByteOrder order, boolean wide) {
        this.file = file;
        this.order = order;
        this.wide = wide;
    }

    /**
     * The loader that the kernel starts for a program; empty if it needs none, is not an ELF file, or cannot be read.
     */
    public static Optional<String> loaderOf(Path program) {
        return read(program, ElfFile::loader);
    }

    /** What processor a program is made for; empty if it is not an ELF file, or cannot be read. */
    public static Optional<Machine> machineOf(Path program) {
        return read(program, ElfFile::machine);
    }

    /**
     * A processor, as its programs name it.
     *
     * @param number of elf(5): {@code e_machine}
     */
    public record Machine(int number, ByteOrder order) {
        private static final List<Set<Integer>> FAMILIES = List.of(Set.of(3, 62), Set.of(40, 183));

        /** Whether a kernel that runs this may run {@code other}: x86 and ARM have programs of 32 and 64 bits. */
        public boolean mayRun(Machine other) {
            if (!order.equals(other.order)) return false;
            return number == other.number || FAMILIES.contains(Set.of(number, other.number));
        }
    }

    private interface Reading<T> {
        Optional<T> of(ElfFile file) throws IOException;
    }

    private static <T> Optional<T> read(Path program, Reading<T> reading) {
        if (!Files.isRegularFile(program)) return Optional.empty();
        try (SeekableByteChannel file = Files.newByteChannel(program)) {
            ByteBuffer ident = ByteBuffer.allocate(16);
            if (file.read(ident) < 16 || ident.getInt(0) != MAGIC) return Optional.empty();
            ByteOrder order = ident.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return reading.of(new ElfFile(file, order, ident.get(4) == 2));
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<Machine> machine() throws IOException {
        return Optional.of(new Machine(read(MACHINE, 2).getShort(0) & 0xFFFF, order));
    }

    private Optional<String> loader() throws IOException {
        ByteBuffer header = read(0, wide ? 64 : 52);
        long table = wide ? header.getLong(32) : header.getInt(28) & 0xFFFFFFFFL;
        int size = header.getShort(wide ? 54 : 42) & 0xFFFF;
        int count = Math.min(header.getShort(wide ? 56 : 44) & 0xFFFF, MAX_HEADERS);
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = read(table + (long) i * size, wide ? 56 : 32);
            if (entry.getInt(0) == PT_INTERP) return Optional.of(path(entry));
        }
        return Optional.empty();
    }

    private String path(ByteBuffer entry) throws IOException {
        long offset = wide ? entry.getLong(8) : entry.getInt(4) & 0xFFFFFFFFL;
        long length = wide ? entry.getLong(32) : entry.getInt(16) & 0xFFFFFFFFL;
        if (length < 1 || length > MAX_PATH) throw new IOException("the loader's path has " + length + " bytes");
        String text = StandardCharsets.UTF_8.decode(read(offset, (int) length)).toString();
        return text.replace("\0", "");
    }

    private ByteBuffer read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(order);
        file.position(position);
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) throw new IOException("the file ends early");
        }
        return bytes.flip().order(order);
    }
}
