package io.efka.agent.main;

import io.efka.protocol.EfkaVariables;
import java.util.Locale;

/**
 * Every setting of {@code efka run}: the one table behind the flags, the environment, the config file and the help. A
 * setting {@code data-dir} is the flag {@code --data-dir}, the variable {@code EFKA_DATA_DIR} and the key
 * {@code data_dir}.
 */
enum Setting {
    BROKER(
            "URI[,URI]",
            Shape.LIST,
            "Brokers, tried in turn: tcp://, ssl://, ws:// or wss://host[:port]. Default: tcp://localhost:1883"),
    DEVICE("ID", Shape.TEXT, "This device's name in every topic, unique in the fleet. Default: the host name"),
    GROUPS("ID[,ID]", Shape.LIST, "Groups whose commands are obeyed, beside \"all\""),
    PREFIX("LEVELS", Shape.TEXT, "First levels of every topic. Default: efka"),
    CLIENT_ID("ID", Shape.TEXT, "MQTT client id. Default: efka-<device>"),
    USERNAME("NAME", Shape.TEXT, "User name for the broker"),
    PASSWORD_FILE("FILE", Shape.TEXT, "Its first line is the password; read at every connection"),
    CA("FILE", Shape.TEXT, "PEM file of the authorities to trust. Default: those of the JVM"),
    CERT("FILE", Shape.TEXT, "PEM file of the client's certificate chain; needs --key"),
    KEY("FILE", Shape.TEXT, "PEM file (PKCS#8, not encrypted) of the client's key; needs --cert"),
    DATA_DIR("DIR", Shape.TEXT, "State and installed services. Default: ~/.local/share/efka, as root /var/lib/efka"),
    LOG_DIR("DIR", Shape.TEXT, "Output files of the services. Default: logs in the data folder"),
    WORK_DIR_ROOTS(
            "DIR[,DIR]", Shape.LIST, "A service may be registered where it is, below these folders. Default: none"),
    ARTIFACT_CACHE(
            "SIZE",
            Shape.SIZE,
            "Artifacts kept on the disk, all together; the least recently used goes first. Default: 1GiB"),
    ARTIFACT_ROOTS(
            "DIR[,DIR]", Shape.LIST, "An artifact may be fetched from a file below these folders. Default: none"),
    ARTIFACT_CA(
            "FILE",
            Shape.TEXT,
            "PEM file of the authorities to trust at web servers of artifacts. Default: those of the JVM"),
    ARTIFACT_CREDENTIALS(
            "FILE", Shape.TEXT, "JSON file of what web servers of artifacts are shown, by host. Default: nothing"),
    ALLOW_HTTP("BOOL", Shape.FLAG, "Whether an artifact may be fetched over http, in the clear. Default: false"),
    DOWNLOAD_RATE("SIZE", Shape.SIZE, "Bytes per second of all downloads together; 0: no limit. Default: 0"),
    MAX_UNPACKED("SIZE", Shape.SIZE, "An archive that unpacks to more is refused. Default: 2GiB"),
    MAX_HOLD("TIME", Shape.TEXT, "Nobody can hold a service against deploys for longer. Default: 24h"),
    SERVE_ARTIFACTS(
            "BOOL",
            Shape.FLAG,
            "Send an artifact that another device asks for over the broker, when nobody else does. Default: false"),
    METRICS_INTERVAL("TIME", Shape.TEXT, "Between two metrics messages; 0: none. Default: 30s"),
    LEDGER_ENTRIES("N", Shape.NUMBER, "Outcomes of commands kept, at least. Default: 1000"),
    LEDGER_AGE("TIME", Shape.TEXT, "Outcomes are kept this long, at least. Default: 24h"),
    STOP_TIMEOUT("TIME", Shape.TEXT, "A graceful end takes no longer than this. Default: 30s"),
    SELF_CHECK_TIMEOUT(
            "TIME",
            Shape.TEXT,
            "The agent ends itself, to be started again, when a part of it has not moved for so long; 0: never. Default: 60s"),
    HEARTBEAT_FILE(
            "FILE",
            Shape.TEXT,
            "Touched every 5 s while the agent is alive, for the health check \"efka health\"; on a tmpfs. Default: none"),
    HOME_ASSISTANT(
            "PREFIX",
            Shape.TEXT,
            "Tell Home Assistant of this device and its services; its discovery prefix, usually homeassistant. Default: do not"),
    LOG_LEVEL("LEVEL", Shape.TEXT, "error, warn, info, debug or trace. Default: info");

    /** What a setting's value looks like in JSON. */
    enum Shape {
        /** A string. */
        TEXT,
        /** A list of strings, or a string with commas. */
        LIST,
        /** A number, or a string of digits. */
        NUMBER,
        /** A number of bytes, or a string with a unit. */
        SIZE,
        /** True or false, or a string that says so. A flag without a value is true. */
        FLAG
    }

    private final String placeholder;
    private final Shape shape;
    private final String help;

    Setting(String placeholder, Shape shape, String help) {
        this.placeholder = placeholder;
        this.shape = shape;
        this.help = help;
    }

    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String environment() {
        return EfkaVariables.PREFIX + name();
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String placeholder() {
        return placeholder;
    }

    Shape shape() {
        return shape;
    }

    String help() {
        return help;
    }
}
