package io.efka.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every topic of one device: the only place where topics are put together or taken apart. */
public final class Topics {
    private final String prefix;
    private final DeviceId device;
    private final List<GroupId> groups;

    /**
     * @param prefix the first levels, {@code efka} by default; no {@code +}, {@code #} or empty level
     * @param groups of this device beside {@link GroupId#ALL}, which every device is in
     */
    public Topics(String prefix, DeviceId device, List<GroupId> groups) {
        if (!prefix.matches("[^/+#\\x00]+(/[^/+#\\x00]+)*")) {
            throw new IllegalArgumentException("bad prefix \"" + prefix
                    + "\": must be topic levels, none of them empty, without + and #, as in \"efka\"");
        }
        this.prefix = prefix;
        this.device = device;
        var all = new ArrayList<GroupId>(groups);
        if (!all.contains(GroupId.ALL)) all.add(0, GroupId.ALL);
        this.groups = List.copyOf(all);
    }

    public DeviceId device() {
        return device;
    }

    /** The groups of this device, {@link GroupId#ALL} among them. */
    public List<GroupId> groups() {
        return groups;
    }

    /** A topic of the device: {@code efka/dev1/status}. */
    public String device(String leaf) {
        return prefix + "/" + device + "/" + leaf;
    }

    /** A topic of a service: {@code efka/dev1/svc/camera/status}. */
    public String service(ServiceId service, String leaf) {
        return prefix + "/" + device + "/svc/" + service + "/" + leaf;
    }

    /** The filters on which commands come. */
    public List<String> commandFilters() {
        var filters = new ArrayList<String>();
        filters.add(device("cmd/#"));
        filters.add(prefix + "/" + device + "/svc/+/cmd/#");
        for (GroupId group : groups) {
            filters.add(prefix + "/group/" + group + "/cmd/#");
            filters.add(prefix + "/group/" + group + "/svc/+/cmd/#");
        }
        return List.copyOf(filters);
    }

    /** The filters on which documents come that say what this device should be. */
    public List<String> desiredFilters() {
        var filters = new ArrayList<String>();
        filters.add(device("desired/+"));
        for (GroupId group : groups) filters.add(prefix + "/group/" + group + "/desired/+");
        return List.copyOf(filters);
    }

    /** Takes a document's topic apart; empty if it is none, or of another device, or of a group that this one is not in. */
    public Optional<DesiredTopic> desired(String topic) {
        String own = device("desired/");
        if (topic.startsWith(own)) return DesiredTopic.of(Optional.empty(), topic.substring(own.length()));
        for (GroupId group : groups) {
            String start = prefix + "/group/" + group + "/desired/";
            if (topic.startsWith(start)) return DesiredTopic.of(Optional.of(group), topic.substring(start.length()));
        }
        return Optional.empty();
    }

    /** Takes a topic apart; empty if it is none of a command to this device or to a group of it. */
    public Optional<CommandTopic> parse(String topic) {
        if (!topic.startsWith(prefix + "/")) return Optional.empty();
        String[] level = topic.substring(prefix.length() + 1).split("/", -1);
        Optional<GroupId> group = Optional.empty();
        int next = 1;
        if (level[0].equals("group")) {
            if (level.length < 2) return Optional.empty();
            String name = level[1];
            group = groups.stream().filter(g -> g.value().equals(name)).findFirst();
            if (group.isEmpty()) return Optional.empty();
            next = 2;
        } else if (!level[0].equals(device.value())) {
            return Optional.empty();
        }
        Optional<String> service = Optional.empty();
        if (level.length > next + 1 && level[next].equals("svc")) {
            service = Optional.of(level[next + 1]);
            next += 2;
        }
        if (level.length < next + 2 || !level[next].equals("cmd")) return Optional.empty();
        String command = String.join("/", List.of(level).subList(next + 1, level.length));
        return Optional.of(new CommandTopic(group, service, command));
    }

    /**
     * What the agents of this prefix, of whatever device or group, use a topic for; empty if they neither act upon it nor
     * publish anything but replies there.
     */
    public Optional<String> use(String topic) {
        if (!topic.startsWith(prefix + "/")) return Optional.empty();
        String[] level = topic.substring(prefix.length() + 1).split("/", -1);
        int next = level[0].equals("group") ? 2 : 1;
        if (level.length > next + 1 && level[next].equals("svc")) next += 2;
        if (level.length <= next) return Optional.empty();
        return switch (level[next]) {
            case "cmd" -> Optional.of("commands");
            case "desired", "reported" -> Optional.of("desired state");
            case "artifact" -> Optional.of("artifacts");
            case "status" -> Optional.of("statuses");
            case "event" -> Optional.of("events");
            case "metrics" -> Optional.of("metrics");
            case "data" -> Optional.of("what services publish");
            case "stdout", "stderr" -> Optional.of("output");
            default -> Optional.empty();
        };
    }

    /**
     * Where a command is addressed to.
     *
     * @param group empty: to this device alone
     * @param service as it stands in the topic, not checked; empty: to the device
     * @param command {@code start}, {@code call/blink}; not checked
     */
    public record CommandTopic(Optional<GroupId> group, Optional<String> service, String command) {}

    /**
     * Whose document it is.
     *
     * @param group empty: this device's own
     * @param name of the document, a legal name
     */
    public record DesiredTopic(Optional<GroupId> group, String name) {
        private static Optional<DesiredTopic> of(Optional<GroupId> group, String name) {
            return Names.isLegal(name) ? Optional.of(new DesiredTopic(group, name)) : Optional.empty();
        }
    }

    /** Names a group of devices that take the same commands. */
    public record GroupId(String value) {
        /** The group that every device belongs to. */
        public static final GroupId ALL = new GroupId("all");

        public GroupId {
            Names.requireLegal("group id", value);
        }

        @Override
        public String toString() {
            return value;
        }
    }
}
