package io.efka.agent.artifact.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The content of one zip entry. It must have the length and the sum that the directory promised. */
final class ZipContent extends BlockInput {
    private final ZipEntryHeader entry;
    private final InputStream packed;
    private final Optional<Inflater> inflater;
    private final UnpackBudget budget;
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[8 * 1024];
    private long done;
    private boolean isAtEnd;

    /** @param inflater reset here; empty: the content is stored as it is */
    ZipContent(ZipEntryHeader entry, InputStream packed, Optional<Inflater> inflater, UnpackBudget budget) {
        this.entry = entry;
        this.packed = packed;
        this.inflater = inflater;
        this.budget = budget;
        inflater.ifPresent(Inflater::reset);
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (isAtEnd) return -1;
        if (count == 0) return 0;
        int more = inflater.isEmpty() ? packed.read(into, offset, count) : inflate(inflater.get(), into, offset, count);
        if (more < 0) {
            isAtEnd = true;
            requireWhole();
            return -1;
        }
        done += more;
        if (done > entry.size()) throw damaged("is larger than the zip's directory says");
        budget.unpacked(more);
        sum.update(into, offset, more);
        return more;
    }

    private int inflate(Inflater from, byte[] into, int offset, int count) throws IOException {
        try {
            while (true) {
                int more = from.inflate(into, offset, count);
                if (more > 0) return more;
                if (from.needsDictionary()) throw damaged("is damaged: it needs a dictionary");
                if (from.finished()) {
                    if (from.getRemaining() > 0 || packed.read() >= 0) throw damaged("has something behind its end");
                    return -1;
                }
                int filled = packed.read(buffer);
                if (filled < 0) throw damaged("is cut off");
                from.setInput(buffer, 0, filled);
            }
        } catch (DataFormatException e) {
            throw damaged("is damaged: " + e.getMessage());
        }
    }

    private void requireWhole() throws BadArchiveException {
        if (done != entry.size()) throw damaged("is smaller than the zip's directory says");
        if (sum.getValue() != entry.crc()) throw damaged("is damaged: wrong checksum");
    }

    private BadArchiveException damaged(String what) {
        return BadArchiveException.of(entry.name(), what);
    }
}
