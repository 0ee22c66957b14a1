package io.efka.fleet.session;

import io.efka.mqtt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is retained on some topics, as it came last. Confined to the command's thread. */
public final class RetainedMessages implements FleetSession.Listener {
    private final FleetSession session;
    private final RetainedReader reader;
    private final List<String> filters = new ArrayList<>();
    private final SortedMap<String, byte[]> payloads = new TreeMap<>();

    public RetainedMessages(FleetSession session) {
        this.session = session;
        this.reader = new RetainedReader(session);
        session.listen(this);
    }

    /** Reads what is retained now, beside what is known already. */
    public Map<String, byte[]> read(List<String> topics) throws FleetException, InterruptedException {
        filters.addAll(topics);
        reader.read(topics);
        return payloads();
    }

    /** As {@link #read}, and follows each change from then on. */
    public Map<String, byte[]> follow(List<String> topics) throws FleetException, InterruptedException {
        filters.addAll(topics);
        reader.subscribe(topics);
        return payloads();
    }

    /** Hears of changes from now on, and of nothing that is retained. */
    public void watch(List<String> topics) throws FleetException, InterruptedException {
        filters.addAll(topics);
        session.subscribe(topics, 1, false);
    }

    /** By topic; one that was cleared is not there. A copy. */
    public SortedMap<String, byte[]> payloads() {
        return new TreeMap<>(payloads);
    }

    @Override
    public void received(Message message) {
        if (filters.stream().noneMatch(filter -> matches(filter, message.topic()))) return;
        if (message.payload().length == 0) payloads.remove(message.topic());
        else payloads.put(message.topic(), message.payload());
    }

    /** Whether a filter, with {@code +} for any one level, matches a topic. */
    static boolean matches(String filter, String topic) {
        if (filter.indexOf('+') < 0) return filter.equals(topic);
        String[] wanted = filter.split("/", -1);
        String[] level = topic.split("/", -1);
        if (wanted.length != level.length) return false;
        for (int i = 0; i < level.length; i++) {
            if (!wanted[i].equals("+") && !wanted[i].equals(level[i])) return false;
        }
        return true;
    }
}
