package io.efka.fleet.cli;

import io.efka.mqtt.BrokerSettings;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** How a command reaches its broker: from flags, the environment, and a context. */
public interface BrokerOptions {
    /** The option that names the broker. */
    String BROKER = "--broker";

    /** Adds the options. */
    void addTo(CommandSpec spec);

    /**
     * Adds only those that say where the fleet is, and not who asks.
     *
     * @param meaning which brokers will do, for the help
     */
    void addAddressTo(CommandSpec spec, String meaning);

    /**
     * Reads what was given; says to {@code err} what is wrong.
     *
     * @param clientId that no other client has
     */
    Optional<Access> read(ParseResult given, String clientId, PrintWriter err);

    /**
     * A fleet.
     *
     * @param prefix the first levels of its topics
     */
    record Access(BrokerSettings broker, String prefix) {}
}
