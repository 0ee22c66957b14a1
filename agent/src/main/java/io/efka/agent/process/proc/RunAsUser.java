package io.efka.agent.process.proc;

import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The user and group that a program runs as, if they are not the agent's own.
 *
 * @param name of the user
 * @param home the user's
 * @param known whether the machine knows the user, and so its other groups
 */
public record RunAsUser(String name, long uid, long gid, String home, boolean known) {
    /** The next number is -1 for the kernel, which means "unchanged": the program would run as the agent's user. */
    private static final long MAX_NUMBER = 4_294_967_294L;

    /** A directory service that does not answer must not delay a launch for longer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final String SELF =
            ProcFiles.read(Path.of("/proc/self/status")).orElse("");

    /**
     * The user and group of a manifest; empty if they are the agent's own.
     *
     * @throws LaunchRefused if they are unknown, or the agent cannot switch to them
     */
    public static Optional<RunAsUser> of(Manifest.Program program) throws LaunchRefused {
        if (program.user().isEmpty() && program.group().isEmpty()) return Optional.empty();
        RunAsUser account = user(program.user().orElse(Long.toString(ownUid())));
        if (program.group().isPresent())
            account = account.withGid(gid(program.group().get()));
        if (account.uid == ownUid()
                && (account.gid == ownGid() || program.group().isEmpty())) {
            return Optional.empty();
        }
        if (ownUid() != 0) {
            throw new LaunchRefused("only an agent that runs as root can start a program as user " + account.name
                    + " and group " + account.gid + "; this one runs as uid " + ownUid());
        }
        return Optional.of(account);
    }

    public static long ownUid() {
        return ProcFiles.number(SELF, "Uid:").orElse(-1);
    }

    private static long ownGid() {
        return ProcFiles.number(SELF, "Gid:").orElse(-1);
    }

    private RunAsUser withGid(long other) {
        return new RunAsUser(name, uid, other, home, known);
    }

    private static RunAsUser user(String name) throws LaunchRefused {
        requireNumber("user", name);
        Optional<String> entry = entry("passwd", name);
        if (entry.isPresent()) return parse(name, entry.get());
        if (!isNumber(name)) throw new LaunchRefused("user \"" + name + "\" is unknown on this machine");
        long number = number("user", name, name);
        return new RunAsUser(name, number, number, "/", false);
    }

    /** @param line of the user database, found for {@code name} */
    public static RunAsUser parse(String name, String line) throws LaunchRefused {
        String[] fields = line.split(":", -1);
        if (fields.length < 6) throw new LaunchRefused("user \"" + name + "\" has no complete entry in passwd");
        return new RunAsUser(
                fields[0], number("user", name, fields[2]), number("group of user", name, fields[3]), fields[5], true);
    }

    private static long gid(String name) throws LaunchRefused {
        requireNumber("group", name);
        Optional<String> entry = entry("group", name);
        if (entry.isPresent()) return number("group", name, entry.get().split(":", -1)[2]);
        if (!isNumber(name)) throw new LaunchRefused("group \"" + name + "\" is unknown on this machine");
        return number("group", name, name);
    }

    /** Before a lookup: getent(1) takes a number modulo 2^32, and so 4294967296 for root. */
    private static void requireNumber(String what, String name) throws LaunchRefused {
        if (name.matches("[0-9]+")) {
            var unused = number(what, name, name);
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,10}");
    }

    private static long number(String what, String name, String text) throws LaunchRefused {
        if (isNumber(text) && Long.parseLong(text) <= MAX_NUMBER) return Long.parseLong(text);
        throw new LaunchRefused(
                what + " \"" + name + "\" must have a number from 0 to " + MAX_NUMBER + ", has \"" + text + "\"");
    }

    /** A line of the user or group database: from its file, or from another source through getent(1). */
    private static Optional<String> entry(String base, String name) {
        for (String line : ProcFiles.read(Path.of("/etc/" + base)).orElse("").split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 3 && (fields[0].equals(name) || fields[2].equals(name))) return Optional.of(line);
        }
        return asked(base, name).filter(line -> line.split(":", -1).length >= 3);
    }

    private static Optional<String> asked(String base, String name) {
        Optional<Path> getent = SystemTools.find("getent");
        if (getent.isEmpty() || name.startsWith("-")) return Optional.empty();
        try {
            String line = SystemTools.output(List.of(getent.get().toString(), base, name), TIMEOUT);
            // The last line: the output includes stderr, such as a warning of the loader.
            return line.strip().lines().reduce((before, last) -> last).filter(text -> !text.isEmpty());
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }
}
