package io.efka.agent.state;

import java.nio.file.Path;

/** Another agent uses the data folder; the message says which, and what to do. */
public final class DataFolderBusy extends Exception {
    DataFolderBusy(Path folder, String owner) {
        super("the data folder " + folder + " is in use by another agent (" + owner
                + "): stop that one, or choose another folder with --data-dir");
    }
}
