package io.efka.agent.artifact.archive;

import java.io.IOException;

/** The disk has not enough room for what an archive unpacks to. */
public final class NoRoomException extends IOException {
    NoRoomException(long room) {
        super("archive unpacks to more than the " + room + " bytes that the disk has left for it");
    }
}
