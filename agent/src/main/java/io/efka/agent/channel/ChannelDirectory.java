package io.efka.agent.channel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The folder that services reach into: it holds the socket and the configuration files. The same one at every start of
 * the agent, so that a service that outlived the last one finds it again.
 *
 * @param folder can be passed through by everybody and listed by the agent alone
 * @param agent whose it must be
 */
public record ChannelDirectory(Path folder, UserPrincipal agent) {
    /** Linux has 108 bytes for a socket's path, a NUL among them; the JDK takes one less. */
    private static final int MAX_PATH_BYTES = 106;

    private static final String SOCKET = "channel.sock";
    private static final Set<PosixFilePermission> PASSABLE = PosixFilePermissions.fromString("rwx--x--x");

    /** Where the socket is. */
    public Path socket() {
        return folder.resolve(SOCKET);
    }

    /** Where the configuration files are, one a service. */
    public Path configurations() {
        return folder.resolve("config");
    }

    /**
     * Makes the folder: {@code data/channel}, or, where that is too long a path for a socket or shut to the users of
     * services, one below {@code /run} or {@code /tmp} that is named after it.
     *
     * @throws IOException if none can be had
     */
    public static ChannelDirectory prepare(Path data) throws IOException {
        return prepare(data, List.of(Path.of("/run"), Path.of("/tmp")));
    }

    static ChannelDirectory prepare(Path data, List<Path> others) throws IOException {
        Path own = data.toAbsolutePath().normalize().resolve("channel");
        Files.createDirectories(own, PosixFilePermissions.asFileAttribute(PASSABLE));
        Files.setPosixFilePermissions(own, PASSABLE);
        UserPrincipal agent = Files.getOwner(own);
        var place = new ChannelDirectory(own, agent);
        if (place.isShort() && (!agent.getName().equals("root") || isPassable(data.toAbsolutePath()))) return place;
        for (Path base : others) {
            if (Files.isWritable(base)) return elsewhere(base, own, agent);
        }
        throw new IOException(own + " cannot hold the socket: its path is too long, or other users cannot reach it,"
                + " and no folder of " + others + " is writable");
    }

    /** Others may have made a folder of that name before us, to listen in: then there is no channel. */
    private static ChannelDirectory elsewhere(Path base, Path own, UserPrincipal agent) throws IOException {
        var name = new CRC32();
        name.update(own.toString().getBytes(StandardCharsets.UTF_8));
        var place = new ChannelDirectory(base.resolve("efka-%08x".formatted(name.getValue())), agent);
        place.requireFolder();
        return place;
    }

    /**
     * Makes the folder, if it is not there.
     *
     * @throws IOException also if it is somebody else's, who may listen in, or no folder
     */
    void requireFolder() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PASSABLE));
        }
        if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(agent)) {
            throw new IOException(folder + " belongs to somebody else: remove it");
        }
        Files.setPosixFilePermissions(folder, PASSABLE);
    }

    /**
     * Removes the folder and what is in it: nobody is left who could want it, and the next agent makes it anew.
     *
     * @throws IOException if something stays
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
