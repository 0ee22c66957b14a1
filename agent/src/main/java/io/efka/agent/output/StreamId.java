package io.efka.agent.output;

import io.efka.agent.service.Logs;
import io.efka.agent.service.ServiceId;
import java.util.Locale;

/** Names one output stream of one service. */
record StreamId(ServiceId service, Logs.Stream stream) {

    /** The last topic level and the beginning of its file names: {@code stdout}. */
    String leaf() {
        return leaf(stream);
    }

    static String leaf(Logs.Stream stream) {
        return stream.name().toLowerCase(Locale.ROOT);
    }

    /** The key of the {@link OffsetStore}: {@code camera/stdout}. */
    @Override
    public String toString() {
        return service + "/" + leaf();
    }
}
