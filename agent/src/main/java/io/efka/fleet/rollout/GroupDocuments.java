package io.efka.fleet.rollout;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.Names;
import io.efka.protocol.Topics.GroupId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads desired documents of groups. Confined to the command's thread. */
final class GroupDocuments implements FleetSession.Listener {
    private final RetainedReader reader;
    private final FleetTopics topics;
    private final SortedMap<DocumentName, byte[]> found = new TreeMap<>();

    GroupDocuments(FleetSession session) {
        this.topics = new FleetTopics(session.prefix());
        this.reader = new RetainedReader(session);
        session.listen(this);
    }

    /** Whose document it is, and its name. */
    record DocumentName(GroupId group, String name) implements Comparable<DocumentName> {
        @Override
        public int compareTo(DocumentName other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : group.value().compareTo(other.group.value());
        }
    }

    /**
     * The documents as they are now.
     *
     * @param group empty: of any
     * @param name empty: any
     */
    SortedMap<DocumentName, byte[]> read(Optional<GroupId> group, Optional<String> name)
            throws FleetException, InterruptedException {
        found.clear();
        String leaf = "desired/" + name.orElse(FleetTopics.ANY);
        String filter = group.map(one -> topics.group(one, leaf))
                .orElseGet(() -> topics.device("group", FleetTopics.ANY + "/" + leaf));
        reader.read(List.of(filter));
        return new TreeMap<>(found);
    }

    @Override
    public void received(Message message) {
        Optional<DocumentName> key = key(message.topic());
        if (key.isEmpty()) return;
        if (message.payload().length == 0) found.remove(key.get());
        else found.put(key.get(), message.payload());
    }

    private Optional<DocumentName> key(String topic) {
        String start = topics.prefix() + "/group/";
        if (!topic.startsWith(start)) return Optional.empty();
        String[] level = topic.substring(start.length()).split("/", -1);
        boolean isOne =
                level.length == 3 && level[1].equals("desired") && Names.isLegal(level[0]) && Names.isLegal(level[2]);
        return isOne ? Optional.of(new DocumentName(new GroupId(level[0]), level[2])) : Optional.empty();
    }
}
