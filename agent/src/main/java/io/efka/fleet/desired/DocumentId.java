package io.efka.fleet.desired;

import io.efka.fleet.view.Glob;
import io.efka.fleet.view.Target;
import io.efka.protocol.DeviceId;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.Names;
import io.efka.protocol.Topics.GroupId;
import java.util.Optional;

/**
 * Names a document: {@code gate7/base} is a device's own, {@code @berlin/base} a group's.
 *
 * @param group whose it is; empty: of a device
 * @param device whose it is; empty text: of a group
 * @param name a legal name
 */
public record DocumentId(Optional<GroupId> group, String device, String name) implements Comparable<DocumentId> {
    private static final String LEAF = "desired";

    public DocumentId {
        Names.requireLegal("document name", name);
        if (group.isEmpty()) device = new DeviceId(device).value();
    }

    /** @throws IllegalArgumentException saying what such a name looks like */
    public static DocumentId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("must be DEVICE/DOCUMENT or @GROUP/DOCUMENT, such as @all/base");
        }
        if (!parts[0].startsWith("@")) return new DocumentId(Optional.empty(), parts[0], parts[1]);
        return new DocumentId(Optional.of(new GroupId(parts[0].substring(1))), "", parts[1]);
    }

    /** The document that a topic is of; empty if it is none. */
    static Optional<DocumentId> ofTopic(FleetTopics topics, String topic) {
        if (!topic.startsWith(topics.prefix() + "/")) return Optional.empty();
        String[] level = topic.substring(topics.prefix().length() + 1).split("/", -1);
        boolean isGroup = level[0].equals("group");
        int from = isGroup ? 1 : 0;
        if (level.length != from + 3 || !level[from + 1].equals(LEAF)) return Optional.empty();
        if (!Names.isLegal(level[from]) || !Names.isLegal(level[from + 2])) return Optional.empty();
        Optional<GroupId> group = isGroup ? Optional.of(new GroupId(level[1])) : Optional.empty();
        return Optional.of(new DocumentId(group, isGroup ? "" : level[0], level[from + 2]));
    }

    /** Where it is retained. */
    public String topic(FleetTopics topics) {
        String leaf = LEAF + "/" + name;
        return group.map(one -> topics.group(one, leaf)).orElseGet(() -> topics.device(device, leaf));
    }

    /** Where a device reports what became of it. */
    public String reportTopic(FleetTopics topics, String of) {
        return topics.device(of, "reported/" + name);
    }

    /** As reports name it: {@code device}, {@code group/berlin}. */
    public String source() {
        return group.map(one -> "group/" + one).orElse("device");
    }

    /** The devices that it is for. */
    public Target target() {
        if (group.isPresent()) return new Target(group, Glob.ANY, Optional.empty());
        return new Target(Optional.empty(), Glob.parse(device), Optional.empty());
    }

    /** Whether it is the device's own, or that of a group that is meant as one. */
    public boolean isOf(Target wanted) {
        if (wanted.equals(Target.ALL)) return true;
        if (group.isPresent() || wanted.group().isPresent()) return group.equals(wanted.group());
        return wanted.device().matches(device);
    }

    @Override
    public int compareTo(DocumentId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return group.map(one -> "@" + one).orElse(device) + "/" + name;
    }
}
