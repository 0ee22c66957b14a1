package io.efka.agent.main;

import io.efka.agent.command.handler.AgentLog;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Durations;
import io.efka.protocol.Names;
import io.efka.protocol.Sizes;
import io.efka.protocol.Topics.GroupId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads single values as an operator writes them; what is wrong is an exception whose message says what would be right. */
final class SettingValues {
    private static final int MAX_LEDGER_ENTRIES = 100_000;
    private static final int MAX_CLIENT_ID = 128;
    private static final String TOPIC_LEVELS = "(?!\\$)[^/+#\\x00-\\x1f]+(/[^/+#\\x00-\\x1f]+)*";

    private SettingValues() {}

    static DeviceId deviceId(String text) {
        if (text.equals("group"))
            throw new IllegalArgumentException("must not be \"group\", where group commands live");
        if (!Names.isLegal(text)) {
            throw new IllegalArgumentException(
                    "must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -; for example \"" + legal(text) + "\"");
        }
        return new DeviceId(text);
    }

    private static String legal(String text) {
        String clean = text.strip().replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
        String bounded = clean.substring(0, Math.min(clean.length(), 64));
        return Names.isLegal(bounded) ? bounded : "device1";
    }

    static List<GroupId> groups(String text) {
        var groups = new ArrayList<GroupId>();
        for (String one : items(text)) {
            if (!Names.isLegal(one)) {
                throw new IllegalArgumentException(
                        "must be names of 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -, with commas between them");
            }
            groups.add(new GroupId(one));
        }
        return groups;
    }

    static String prefix(String text) {
        if (!text.matches(TOPIC_LEVELS)) {
            throw new IllegalArgumentException(
                    "must be topic levels without +, # and a leading $, as in efka or site/efka");
        }
        return text;
    }

    /** Nothing written is nothing wanted; a plain yes would be taken for the prefix, and be heard by nobody. */
    static Optional<String> homeAssistant(String text) {
        if (text.isEmpty()) return Optional.empty();
        boolean isAnswer = Set.of("true", "false", "yes", "no", "on", "off").contains(text.toLowerCase(Locale.ROOT));
        if (isAnswer || !text.matches(TOPIC_LEVELS)) {
            throw new IllegalArgumentException(
                    "must be Home Assistant's discovery prefix, topic levels without +, # and a leading $, as in homeassistant");
        }
        return Optional.of(text);
    }

    static String clientId(String text) {
        if (text.length() > MAX_CLIENT_ID || !text.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    "must be 1-" + MAX_CLIENT_ID + " printable ASCII characters without spaces");
        }
        return text;
    }

    /** A duration; {@code 0} needs no unit. */
    private static Duration duration(String text) {
        if (text.equals("0")) return Duration.ZERO;
        return Durations.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("must be a number and a unit (ms, s, m, h, d), as in 30s"));
    }

    /** A duration from {@code least} to {@code most}. */
    private static Duration between(String least, String most, String text) {
        Duration given = duration(text);
        if (given.compareTo(duration(least)) < 0 || given.compareTo(duration(most)) > 0) {
            throw new IllegalArgumentException("must be from " + least + " to " + most);
        }
        return given;
    }

    static Duration stopTimeout(String text) {
        return between("1s", "10m", text);
    }

    static Duration maxHold(String text) {
        return between("1s", "30d", text);
    }

    static Duration ledgerAge(String text) {
        return between("0", "30d", text);
    }

    static Duration metricsInterval(String text) {
        Duration interval = duration(text);
        return interval.isZero() ? interval : between("1s", "1d", text);
    }

    static Duration selfCheckTimeout(String text) {
        Duration limit = duration(text);
        return limit.isZero() ? limit : between("10s", "1h", text);
    }

    static int ledgerEntries(String text) {
        if (!text.matches("[1-9]\\d{0,5}") || Integer.parseInt(text) > MAX_LEDGER_ENTRIES) {
            throw new IllegalArgumentException("must be a number from 1 to " + MAX_LEDGER_ENTRIES);
        }
        return Integer.parseInt(text);
    }

    /** Less would hold no program; more has no disk. */
    static long artifactSize(String text) {
        return size("1MiB", text);
    }

    /** Bytes per second; zero is no limit. */
    static long downloadRate(String text) {
        return text.equals("0") ? 0 : size("1KiB", text);
    }

    /** Bytes per second, with or without /s; zero is no limit. Slower than a chunk in two seconds, devices would ask again. */
    static long sendRate(String text) {
        String amount = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
        return amount.equals("0") ? 0 : size("32KiB", amount);
    }

    static Duration patience(String text) {
        return between("0", "30d", text);
    }

    private static long size(String least, String text) {
        Optional<Long> bytes = text.matches("\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Sizes.parse(text);
        long lowest = Sizes.parse(least).orElseThrow();
        return bytes.filter(size -> size >= lowest && size <= Sizes.LARGEST)
                .orElseThrow(() -> new IllegalArgumentException("must be a number of bytes from " + least + " to "
                        + Sizes.format(Sizes.LARGEST) + ", as in 500MiB or 1GiB"));
    }

    static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    static AgentLog.Level logLevel(String text) {
        return Arrays.stream(AgentLog.Level.values())
                .filter(level -> level.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be error, warn, info, debug or trace"));
    }

    static Path path(String text) {
        try {
            if (text.isBlank()) throw new IllegalArgumentException("must be a path, was empty");
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path that this locale can write (" + e.getReason()
                    + "); for names beyond ASCII start Java with LC_ALL=C.UTF-8");
        }
    }

    static List<Path> absolutePaths(String text) {
        var paths = new ArrayList<Path>();
        for (String one : items(text)) {
            if (!one.startsWith("/"))
                throw new IllegalArgumentException("must be absolute paths with commas between them");
            paths.add(path(one));
        }
        return paths;
    }

    private static List<String> items(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }
}
