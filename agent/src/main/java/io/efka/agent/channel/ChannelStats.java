package io.efka.agent.channel;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens on all channels, for {@code info}. Thread-safe. */
final class ChannelStats {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelStats.class);

    private final AtomicLong attached = new AtomicLong();
    private final AtomicLong badLines = new AtomicLong();
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Map<ChannelConnection.EndReason, AtomicLong> ends = new EnumMap<>(ChannelConnection.EndReason.class);

    ChannelStats() {
        for (ChannelConnection.EndReason reason : ChannelConnection.EndReason.values())
            ends.put(reason, new AtomicLong());
    }

    void attached() {
        attached.incrementAndGet();
    }

    void line() {
        lines.incrementAndGet();
    }

    void badLine(String sender, String problem) {
        long count = badLines.incrementAndGet();
        if (isLogged(count)) LOG.warn("channel of {}: {} (bad lines so far: {})", sender, problem, count);
    }

    void refused(String sender, String problem) {
        long count = refused.incrementAndGet();
        if (isLogged(count)) LOG.warn("channel refused to {}: {} (refused so far: {})", sender, problem, count);
    }

    void ended(ChannelConnection.EndReason reason) {
        AtomicLong count = ends.get(reason);
        if (count != null) count.incrementAndGet();
    }

    /** True for 1, 10, 100, …: a flood on the socket must not become a flood in the log. */
    private static boolean isLogged(long count) {
        long power = 1;
        while (power < count) power *= 10;
        return power == count;
    }

    Map<String, Long> counts() {
        var counts = new LinkedHashMap<String, Long>();
        counts.put("attaches", attached.get());
        counts.put("attaches_refused", refused.get());
        counts.put("lines", lines.get());
        counts.put("bad_lines", badLines.get());
        ends.forEach((reason, count) -> {
            if (reason != ChannelConnection.EndReason.REFUSED) {
                counts.put("ended_" + reason.name().toLowerCase(Locale.ROOT), count.get());
            }
        });
        return counts;
    }
}
