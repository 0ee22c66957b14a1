package io.efka.fleet.session;

import io.efka.mqtt.Message;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is retained on some topics, as it came last. Confined to the command's thread. */
public final class RetainedMessages implements FleetSession.Listener {
    private final FleetSession session;
    private final RetainedReader reader;
    private final Set<String> filters = new LinkedHashSet<>();
    private final Set<String> followed = new LinkedHashSet<>();
    private final SortedMap<String, byte[]> payloads = new TreeMap<>();

    /** Topics of which something came since the last request. */
    private final Set<String> came = new HashSet<>();

    public RetainedMessages(FleetSession session) {
        this.session = session;
        this.reader = new RetainedReader(session);
        session.listen(this);
    }

    /** Reads what is retained now on these topics. What was followed on them is so no more. */
    public Map<String, byte[]> read(List<String> topics) throws FleetException, InterruptedException {
        filters.addAll(topics);
        came.clear();
        if (reader.read(topics)) forgetWhatIsGone(topics);
        SortedMap<String, byte[]> found = payloads();
        found.keySet().removeIf(topic -> !matchesAny(topics, topic));
        return found;
    }

    /** Reads what is retained, and follows each change from then on, also after the connection was lost. */
    public Map<String, byte[]> follow(List<String> topics) throws FleetException, InterruptedException {
        filters.addAll(topics);
        followed.addAll(topics);
        followAgain(topics);
        return payloads();
    }

    private void followAgain(Collection<String> topics) throws FleetException, InterruptedException {
        came.clear();
        if (reader.subscribe(List.copyOf(topics))) forgetWhatIsGone(topics);
    }

    private void forgetWhatIsGone(Collection<String> topics) {
        payloads.keySet().removeIf(topic -> !came.contains(topic) && matchesAny(topics, topic));
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
        if (!matchesAny(filters, message.topic())) return;
        came.add(message.topic());
        if (message.payload().length == 0) payloads.remove(message.topic());
        else payloads.put(message.topic(), message.payload());
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!followed.isEmpty()) followAgain(followed);
    }

    private static boolean matchesAny(Collection<String> filters, String topic) {
        return filters.stream().anyMatch(filter -> matches(filter, topic));
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
