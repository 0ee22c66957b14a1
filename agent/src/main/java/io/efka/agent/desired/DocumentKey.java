package io.efka.agent.desired;

import io.efka.protocol.Names;
import io.efka.protocol.Topics.DesiredTopic;
import io.efka.protocol.Topics.GroupId;
import java.util.Comparator;
import java.util.Optional;

/**
 * Names one document of this device.
 *
 * @param group whose document it is; empty: the device's own
 * @param name its last topic level; a legal name
 */
record DocumentKey(Optional<GroupId> group, String name) implements Comparable<DocumentKey> {
    private static final String OWN = "device";
    private static final String GROUP = "group/";

    /** The device's own come first: they win. Then the order is that of the names, so that it is the same everywhere. */
    private static final Comparator<DocumentKey> ORDER = Comparator.<DocumentKey>comparingInt(
                    key -> key.isOwn() ? 0 : 1)
            .thenComparing(DocumentKey::source)
            .thenComparing(DocumentKey::name);

    DocumentKey {
        Names.requireLegal("document name", name);
    }

    static DocumentKey of(DesiredTopic topic) {
        return new DocumentKey(topic.group(), topic.name());
    }

    /** Whether it is for this device alone. */
    boolean isOwn() {
        return group.isEmpty();
    }

    /** As a report has it: {@code device} or {@code group/all}. */
    String source() {
        return group.map(id -> GROUP + id).orElse(OWN);
    }

    /** Source and name: {@code group/all/camera}. */
    String path() {
        return source() + "/" + name;
    }

    /** @throws IllegalArgumentException if it is not what {@link #path} makes */
    static DocumentKey parse(String path) {
        int end = path.lastIndexOf('/');
        String source = end < 0 ? "" : path.substring(0, end);
        String name = path.substring(end + 1);
        if (source.equals(OWN)) return new DocumentKey(Optional.empty(), name);
        if (source.startsWith(GROUP)) {
            return new DocumentKey(Optional.of(new GroupId(source.substring(GROUP.length()))), name);
        }
        throw new IllegalArgumentException(
                "bad document path \"" + path + "\": must be device/{name} or group/{group}/{name}");
    }

    @Override
    public int compareTo(DocumentKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return path();
    }
}
