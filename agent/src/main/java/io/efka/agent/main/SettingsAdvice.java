package io.efka.agent.main;

import io.efka.agent.app.Settings;
import io.efka.mqtt.BrokerSettings;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.Spelling;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Warns of settings that are not wrong but probably not intended. */
final class SettingsAdvice {
    private SettingsAdvice() {}

    /** One sentence for each thing worth a second look. */
    static List<String> on(Settings settings) {
        BrokerSettings broker = settings.broker();
        var advice = new ArrayList<String>();
        unreadable("password file", broker.passwordFile()).ifPresent(advice::add);
        unreadable("CA file", broker.ca()).ifPresent(advice::add);
        unreadable("certificate file", broker.cert()).ifPresent(advice::add);
        unreadable("key file", broker.key()).ifPresent(advice::add);
        exposed("password file", broker.passwordFile()).ifPresent(advice::add);
        exposed("key file", broker.key()).ifPresent(advice::add);
        exposed("credentials file", settings.artifacts().credentials()).ifPresent(advice::add);
        artifactFile("credentials file", settings.artifacts().credentials()).ifPresent(advice::add);
        artifactFile("CA file of artifacts", settings.artifacts().authorities()).ifPresent(advice::add);
        if (broker.passwordFile().isPresent() && broker.username().isEmpty()) {
            advice.add("a password file is named but no user name: most brokers ignore the password then");
        }
        if (settings.device().value().equals("localhost")) {
            advice.add(
                    "this device is called \"localhost\", as others may be: two devices of one name fight over the broker; name it with --device");
        }
        boolean encrypted =
                broker.uris().stream().map(URI::getScheme).anyMatch(s -> s.equals("ssl") || s.equals("wss"));
        if (!encrypted && (broker.ca().isPresent() || broker.cert().isPresent())) {
            advice.add("certificates are named but no broker is encrypted: they are used with ssl:// and wss:// only");
        }
        return advice;
    }

    /** A container's command is its first process, which becomes the parent of orphaned processes. */
    static Optional<String> onPid(long pid) {
        if (pid != 1) return Optional.empty();
        return Optional.of("this agent is process 1 of its container and cannot clear away processes whose parents have"
                + " ended: they stay as zombies and count against every limit of processes. Start it under an init:"
                + " docker run --init, \"init: true\" in a compose file, or tini as the image of Efka has it");
    }

    /** Also through a link: secrets of a container are mounted as links. */
    private static Optional<String> exposed(String kind, Optional<Path> file) {
        return file.filter(SettingsAdvice::isOpenToOthers)
                .map(path -> "the " + kind + " " + path + " is open to other users of this machine: chmod 600 " + path);
    }

    private static boolean isOpenToOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream()
                    .anyMatch(bit -> !bit.name().startsWith("OWNER_"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** A warning, not a fault: the file is read at every connection and may come later, with a mount or a provisioning step. */
    private static Optional<String> unreadable(String kind, Optional<Path> file) {
        return file.filter(SettingsAdvice::cannotBeRead)
                .map(path -> "the " + kind + " " + path + " cannot be read: connecting fails until it can");
    }

    private static boolean cannotBeRead(Path file) {
        return !Files.isReadable(file) || Files.isDirectory(file);
    }

    /** Read when an artifact is fetched. */
    private static Optional<String> artifactFile(String kind, Optional<Path> file) {
        return file.filter(SettingsAdvice::cannotBeRead)
                .map(path -> "the " + kind + " " + path + " cannot be read: downloads over the web fail until it can");
    }

    /** Variables that look like a setting misspelled; one sentence each. */
    static List<String> strayVariables(MachineDefaults machine) {
        List<String> known =
                Arrays.stream(Setting.values()).map(Setting::environment).toList();
        var stray = new ArrayList<String>();
        for (String name : machine.environment().keySet()) {
            if (!EfkaVariables.isReserved(name) || known.contains(name) || isNoSetting(name)) continue;
            Spelling.closest(name, known)
                    .or(() -> longer(name, known))
                    .ifPresent(
                            close -> stray.add("the variable " + name + " means nothing; did you mean " + close + "?"));
        }
        return stray;
    }

    /** A name that was cut short: {@code EFKA_LOG}. */
    private static Optional<String> longer(String name, List<String> known) {
        return known.stream().filter(one -> one.startsWith(name + "_")).reduce((a, b) -> a + " or " + b);
    }

    private static boolean isNoSetting(String name) {
        return EfkaVariables.OF_SCRIPT.contains(name) || EfkaVariables.OF_SERVICES.contains(name);
    }
}
