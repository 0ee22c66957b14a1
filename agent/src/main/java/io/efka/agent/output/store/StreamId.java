package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs;
import io.efka.protocol.ServiceId;
import java.util.Locale;

/** Identifies one output stream of one service. */
public record StreamId(ServiceId service, Logs.Stream stream) {

    /** The last topic level, with which its file names begin: {@code stdout}. */
    public String leaf() {
        return leaf(stream);
    }

    public static String leaf(Logs.Stream stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** The key of the {@link OffsetStore}: {@code camera/stdout}. */
    @Override
    public String toString() {
        return service + "/" + leaf();
    }
}
