package io.efka.agent.os;

import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares the private folder of the FIFOs. */
final class RunFolder {
    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

    private RunFolder() {}

    /** The site, its folder made; without the folder services start all the same, with a warning and no stdin. */
    static Site prepared(Site site) {
        Path folder = site.runFolder();
        try {
            PrivateFiles.makeFolder(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException refused) {
            LOG.warn("run folder {} cannot be used: services get no stdin", folder, refused);
        }
        return site;
    }
}
