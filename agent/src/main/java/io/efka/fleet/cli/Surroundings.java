package io.efka.fleet.cli;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.VisitorLink;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a command finds around it.
 *
 * @param links makes a link that is not opened yet
 * @param stdin what was piped into the command
 * @param interrupts takes what is to be done at Ctrl-C, from now on
 * @param wall the time of day
 * @param clock monotonic nanoseconds
 */
public record Surroundings(
        BrokerOptions broker,
        Function<BrokerSettings, VisitorLink> links,
        InputStream stdin,
        Map<String, String> environment,
        Interrupts interrupts,
        InstantSource wall,
        LongSupplier clock,
        RandomGenerator chance) {

    /** Ctrl-C. */
    public interface Interrupts {
        /** @param heard called at each, on a thread of the signal's own */
        void take(Runnable heard);
    }
}
