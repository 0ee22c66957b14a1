package io.efka.agent.release;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.CommandException;
import java.util.Optional;

/**
 * Room on the disk for a release. Where it is short, cached artifacts that nobody uses give way, because they can be fetched
 * again. Thread-safe; blocks for the disk.
 *
 * @param wanted the artifact that the release is made of, which stays; empty if it came with a command
 */
record DiskRoom(ReleaseFolders folders, Downloads downloads, Optional<ArtifactRef> wanted) {

    /** Bytes that are free, or could be. Deletes nothing. */
    long possible() throws CommandException {
        return folders.room() + downloads.spare(folders.disk(), wanted);
    }

    /**
     * Makes room, unless that is in vain.
     *
     * @return bytes that are free now
     */
    long make(long needed) throws CommandException {
        long room = folders.room();
        if (room >= needed || possible() < needed) return room;
        downloads.freeUp(needed - room, wanted);
        return folders.room();
    }

    /**
     * Makes room for something whose size is not known.
     *
     * @param more bytes at least, if so many can be freed
     * @return whether there is more room than before
     */
    boolean makeMore(long more) throws CommandException {
        return downloads.spare(folders.disk(), wanted) > 0 && downloads.freeUp(more, wanted) > 0;
    }
}
