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
    private final Map<ChannelConnection.Ending, AtomicLong> endings = new EnumMap<>(ChannelConnection.Ending.class);

    ChannelStats() {
        for (ChannelConnection.Ending ending : ChannelConnection.Ending.values()) endings.put(ending, new AtomicLong());
    }

    void attached() {
        attached.incrementAndGet();
    }

    void line() {
        lines.incrementAndGet();
    }

    void badLine(String who, String reason) {
        long count = badLines.incrementAndGet();
        if (isWorthSaying(count)) LOG.warn("channel of {}: {} (bad lines so far: {})", who, reason, count);
    }

    void refused(String who, String reason) {
        long count = refused.incrementAndGet();
        if (isWorthSaying(count)) LOG.warn("channel refused to {}: {} (refused so far: {})", who, reason, count);
    }

    void ended(ChannelConnection.Ending ending) {
        AtomicLong count = endings.get(ending);
        if (count != null) count.incrementAndGet();
    }

    /** 1, 10, 100, …: whoever floods the socket must not flood the log. */
    private static boolean isWorthSaying(long count) {
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
        endings.forEach((ending, count) -> {
            if (ending != ChannelConnection.Ending.REFUSED) {
                counts.put("ended_" + ending.name().toLowerCase(Locale.ROOT), count.get());
            }
        });
        return counts;
    }
}
