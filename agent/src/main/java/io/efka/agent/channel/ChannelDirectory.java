package io.efka.agent.channel;

import io.efka.agent.files.FileStatus;
import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The folder of the socket and the configuration files. Its path is the same at every start of the agent, so that a
 * service that outlived the last agent finds the socket again.
 *
 * @param folder everybody can pass through it, only the agent can list it (0711)
 * @param agent its owner, as a number
 */
record ChannelDirectory(Path folder, int agent) {
    /** Linux has 108 bytes for a socket's path, including a NUL; the JDK accepts one less. */
    private static final int MAX_PATH_BYTES = 106;

    private static final String SOCKET = "channel.sock";

    Path socket() {
        return folder.resolve(SOCKET);
    }

    /** The folder of the configuration files. */
    Path configurations() {
        return folder.resolve("config");
    }

    /**
     * Creates the folder: {@code data/channel}. If its path is too long for a socket, or the users of services cannot
     * reach it, the folder is below {@code /run} or {@code /tmp}, with a name that is derived from the path.
     *
     * @throws IOException if no folder can be created
     */
    static ChannelDirectory prepare(Path data) throws IOException {
        return prepare(data, List.of(Path.of("/run"), Path.of("/tmp")));
    }

    static ChannelDirectory prepare(Path data, List<Path> alternatives) throws IOException {
        Path own = data.toAbsolutePath().normalize().resolve("channel");
        Files.createDirectories(own, PosixFilePermissions.asFileAttribute(PrivateFiles.PASSAGE));
        Files.setPosixFilePermissions(own, PrivateFiles.PASSAGE);
        int agent = FileStatus.of(own).uid();
        var directory = new ChannelDirectory(own, agent);
        boolean isReachable = agent != 0 || isPassable(data.toAbsolutePath());
        if (directory.isShort() && isReachable) return directory;
        for (Path base : alternatives) {
            if (Files.isWritable(base)) return alternative(base, own, agent);
        }
        throw new IOException(own + " cannot hold the socket: its path is too long, or other users cannot reach it,"
                + " and no folder of " + alternatives + " is writable");
    }

    /** Somebody else may have created a folder with that name, to listen in: then there is no channel. */
    private static ChannelDirectory alternative(Path base, Path own, int agent) throws IOException {
        var name = new CRC32();
        name.update(own.toString().getBytes(StandardCharsets.UTF_8));
        var directory = new ChannelDirectory(base.resolve("efka-%08x".formatted(name.getValue())), agent);
        directory.requireFolder();
        return directory;
    }

    /**
     * Creates the folder if it is missing.
     *
     * @throws IOException also if it belongs to somebody else, who could listen in, or is not a folder
     */
    void requireFolder() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PrivateFiles.PASSAGE));
        }
        if (FileStatus.of(folder).uid() != agent) {
            throw new IOException(folder + " belongs to somebody else: remove it");
        }
        Files.setPosixFilePermissions(folder, PrivateFiles.PASSAGE);
    }

    /**
     * Deletes the folder and its content; the next agent creates it again. To be called when no service is alive.
     *
     * @throws IOException if something could not be deleted
     */
    void remove() throws IOException {
        for (Path each : List.of(configurations(), folder)) {
            if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) continue;
            try (Stream<Path> files = Files.list(each)) {
                for (Path file : files.toList()) Files.deleteIfExists(file);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        Files.deleteIfExists(folder);
    }

    private boolean isShort() {
        return socket().toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    private static boolean isPassable(Path folder) throws IOException {
        for (Path each = folder; each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) return false;
        }
        return true;
    }
}
